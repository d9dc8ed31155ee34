using System.Text.Json;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Censor;

/// <summary>What the censor says of a text or a picture.</summary>
public sealed record CensorVerdict
{
    /// <summary>The verdict.</summary>
    [JsonPropertyName("conclusionType")]
    public CensorConclusion Conclusion { get; init; }

    /// <summary>The verdict in the service's words.</summary>
    [JsonPropertyName("conclusion")]
    public string? ConclusionText { get; init; }

    /// <summary>What was found; null or empty where nothing was.</summary>
    [JsonPropertyName("data")]
    public IReadOnlyList<CensorFinding>? Findings { get; init; }

    /// <summary>The service's identifier of the request.</summary>
    [JsonConverter(typeof(IdConverter))]
    public string? LogId { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>Whether the content may be shown. False also where the audit failed.</summary>
    [JsonIgnore]
    public bool IsPass => Conclusion == CensorConclusion.Pass;
}
