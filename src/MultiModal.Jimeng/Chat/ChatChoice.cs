using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Chat;

/// <summary>One answer, or one piece of an answer.</summary>
public sealed record ChatChoice
{
    /// <summary>Which of several answers this is.</summary>
    public int Index { get; init; }

    /// <summary>The message; null in streams.</summary>
    public ChatTurn? Message { get; init; }

    /// <summary>What is added to the message; only in streams.</summary>
    public ChatTurn? Delta { get; init; }

    /// <summary>Why the answer ended: <c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>; null while it goes on.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
