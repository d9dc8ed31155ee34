using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Chat;

/// <summary>What an answer cost.</summary>
public sealed record ChatUsage
{
    /// <summary>Tokens of the conversation.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public int CompletionTokens { get; init; }

    /// <summary>Both.</summary>
    public int TotalTokens { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
