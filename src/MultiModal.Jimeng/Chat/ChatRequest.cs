using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Chat;

/// <summary>A conversation to be continued.</summary>
public sealed record ChatRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="messages">The conversation so far.</param>
    public ChatRequest(params IReadOnlyList<ChatTurn> messages) => Messages = messages;

    /// <summary>The conversation so far.</summary>
    public IReadOnlyList<ChatTurn> Messages { get; }

    /// <summary>The model; null takes the endpoint's default.</summary>
    public string? Model { get; init; }

    /// <summary>How freely the model chooses its words.</summary>
    public double? Temperature { get; init; }

    /// <summary>The share of probability the words are chosen from.</summary>
    public double? TopP { get; init; }

    /// <summary>How many tokens the answer may have.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Texts at which the answer ends.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>The seed.</summary>
    public long? Seed { get; init; }

    /// <summary>How strongly new subjects are favoured, -2 to 2.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>How strongly repetition is avoided, -2 to 2.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>How strongly repetition is avoided by Qianfan's own measure, 1 to 2.</summary>
    public double? PenaltyScore { get; init; }

    /// <summary>The form of the answer, such as <c>{"type":"json_object"}</c>.</summary>
    public JsonNode? ResponseFormat { get; init; }

    /// <summary>The tools the model may call.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Which tool the model must or may call: <c>auto</c>, <c>none</c>, <c>required</c>, or an object.</summary>
    public JsonNode? ToolChoice { get; init; }

    /// <summary>Whose request this is, for abuse reports.</summary>
    public string? User { get; init; }

    /// <summary>Fields that this type does not know, sent along.</summary>
    [JsonIgnore]
    public JsonObject? Extra { get; set; }

    [JsonInclude]
    [JsonExtensionData]
    internal IDictionary<string, JsonElement>? ExtraJson
    {
        get => ExtraFields.Of(Extra);
        set => Extra = ExtraFields.From(value);
    }

    [JsonInclude]
    internal bool? Stream { get; init; }

    [JsonInclude]
    internal JsonObject? StreamOptions { get; init; }
}
