using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Baidu.Censor;

/// <summary>One thing the censor found.</summary>
public sealed record CensorFinding
{
    /// <summary>The kind by number: 11 official word list, 12 general, 13 and 14 own lists, 30 and above the finer kinds since 2025.</summary>
    public int? Type { get; init; }

    /// <summary>The finer kind by number.</summary>
    [JsonPropertyName("subType")]
    public int? SubType { get; init; }

    /// <summary>The kind in words.</summary>
    [JsonPropertyName("msg")]
    public string? Message { get; init; }

    /// <summary>How sure the censor is, 0 to 1.</summary>
    public double? Probability { get; init; }

    /// <summary>The list that matched.</summary>
    [JsonPropertyName("datasetName")]
    public string? DatasetName { get; init; }

    /// <summary>Where it was found.</summary>
    public IReadOnlyList<CensorHit>? Hits { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
