using System.Text.Encodings.Web;
using System.Text.Json;

namespace MultiModal.Diffusion.Training.Models;

/// <summary>The JSON of a model's folder: indented, as people read it.</summary>
static class ModelJson
{
    static readonly JsonSerializerOptions Options = new() { WriteIndented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(IReadOnlyDictionary<string, object> values) => [.. JsonSerializer.SerializeToUtf8Bytes(values, Options), (byte)'\n'];
}
