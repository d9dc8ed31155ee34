using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiModal.Jimeng.Baidu.Censor;

/// <summary>Where something was found.</summary>
public sealed record CensorHit
{
    /// <summary>The words that matched.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>How sure the censor is, 0 to 1.</summary>
    public double? Probability { get; init; }

    /// <summary>The list that matched.</summary>
    [JsonPropertyName("datasetName")]
    public string? DatasetName { get; init; }

    /// <summary>Start, end and probability of what the model marked.</summary>
    [JsonPropertyName("modelHitPositions")]
    public IReadOnlyList<IReadOnlyList<double>>? ModelHitPositions { get; init; }

    /// <summary>Fields that this type does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
