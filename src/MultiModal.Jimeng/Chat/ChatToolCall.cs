using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Chat;

/// <summary>A tool the model wants to have called. In a stream, pieces of one call share an <see cref="Index"/>.</summary>
public sealed record ChatToolCall
{
    /// <summary>Which call of the message this is; only in streams.</summary>
    public int? Index { get; init; }

    /// <summary>The call's id.</summary>
    public string? Id { get; init; }

    /// <summary>The kind: <c>function</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The function and its arguments.</summary>
    public ChatFunctionCall? Function { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
