using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Chat;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>.</param>
/// <param name="Content">What is said: a text, or an array of parts as OpenAI has them.</param>
public sealed record ChatTurn(string Role, JsonNode? Content = null)
{
    /// <summary>The tools the assistant wants to have called.</summary>
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

    /// <summary>Which call a tool's answer belongs to.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The speaker's name.</summary>
    public string? Name { get; init; }

    /// <summary>What the model thought before it answered, where it tells.</summary>
    public string? ReasoningContent { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The text of the message: its content, or the texts of its parts.</summary>
    [JsonIgnore]
    public string Text => Content switch
    {
        null => "",
        JsonArray parts => string.Concat(parts.OfType<JsonObject>().Where(static part => part["text"] is JsonValue).Select(static part => part["text"]!.GetValue<string>())),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => Content.ToJsonString(),
    };

    /// <summary>Instructions to the model.</summary>
    /// <param name="text">The instructions.</param>
    public static ChatTurn System(string text) => new("system", JsonValue.Create(text));

    /// <summary>What the user says.</summary>
    /// <param name="text">The text.</param>
    public static ChatTurn User(string text) => new("user", JsonValue.Create(text));

    /// <summary>What the user says about pictures.</summary>
    /// <param name="text">The text.</param>
    /// <param name="images">Addresses of pictures; <c>data:</c> addresses carry the picture itself.</param>
    public static ChatTurn User(string text, params ReadOnlySpan<Uri> images)
    {
        var parts = new JsonArray { Part("text", JsonValue.Create(text)) };
        foreach (var image in images)
            parts.Add((JsonNode)Part("image_url", new JsonObject { ["url"] = image.OriginalString }));
        return new("user", parts);
    }

    /// <summary>What the model said.</summary>
    /// <param name="text">The text.</param>
    public static ChatTurn Assistant(string text) => new("assistant", JsonValue.Create(text));

    /// <summary>What a tool answered.</summary>
    /// <param name="callId">Which call it answers.</param>
    /// <param name="text">The answer.</param>
    public static ChatTurn Tool(string callId, string text) => new("tool", JsonValue.Create(text)) { ToolCallId = callId };

    static JsonObject Part(string type, JsonNode value) => new() { ["type"] = type, [type] = value };
}
