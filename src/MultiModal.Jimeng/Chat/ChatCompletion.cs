using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Chat;

/// <summary>A whole answer.</summary>
public sealed record ChatCompletion
{
    /// <summary>The answer's id.</summary>
    public string? Id { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>When it was made, in seconds since 1970.</summary>
    public long? Created { get; init; }

    /// <summary>The answers.</summary>
    public IReadOnlyList<ChatChoice>? Choices { get; init; }

    /// <summary>What it cost.</summary>
    public ChatUsage? Usage { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The text of the first answer.</summary>
    [JsonIgnore]
    public string Text => Choices is [{ Message: { } message }, ..] ? message.Text : "";
}
