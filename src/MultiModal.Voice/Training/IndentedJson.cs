using System.Text.Json;

namespace MultiModal.Voice.Training;

/// <summary>JSON as people read it.</summary>
static class IndentedJson
{
    public static JsonSerializerOptions Options { get; } = new() { WriteIndented = true };
}
