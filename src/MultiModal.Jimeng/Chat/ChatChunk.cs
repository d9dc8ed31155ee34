using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Chat;

/// <summary>A piece of an answer.</summary>
public sealed record ChatChunk
{
    /// <summary>The answer's id.</summary>
    public string? Id { get; init; }

    /// <summary>The model that answers.</summary>
    public string? Model { get; init; }

    /// <summary>When it was made, in seconds since 1970.</summary>
    public long? Created { get; init; }

    /// <summary>What is added to each answer.</summary>
    public IReadOnlyList<ChatChoice>? Choices { get; init; }

    /// <summary>What the answer cost; only in the last piece.</summary>
    public ChatUsage? Usage { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The text that is added to the first answer.</summary>
    [JsonIgnore]
    public string Text => Choices is [{ Delta: { } delta }, ..] ? delta.Text : "";
}
