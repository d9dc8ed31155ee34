using System.Text.Json;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>What was recognised.</summary>
public sealed record SpeechRecognition
{
    /// <summary>The text, the most likely first. 1 to 5 candidates; empty for a request with a callback.</summary>
    [JsonPropertyName("result")]
    public IReadOnlyList<string>? Candidates { get; init; }

    /// <summary>The most likely text.</summary>
    [JsonIgnore]
    public string Text => Candidates is [var first, ..] ? first : "";

    /// <summary>The service's identifier of the request.</summary>
    [JsonConverter(typeof(IdConverter))]
    public string? Sn { get; init; }

    /// <summary>The service's identifier of the recording.</summary>
    [JsonConverter(typeof(IdConverter))]
    public string? CorpusNo { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
