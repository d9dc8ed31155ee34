using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Images;

/// <summary>Pictures to be drawn by a model of Qianfan.</summary>
/// <param name="Prompt">The prompt.</param>
public sealed record QianfanImageRequest(string Prompt)
{
    /// <summary>The model: irag-1.0, flux.1-schnell, qwen-image, …</summary>
    /// <value>The default is <c>irag-1.0</c>.</value>
    public string Model { get; init; } = "irag-1.0";

    /// <summary>What the pictures shall not show (qwen-image).</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>How many pictures, 1 to 4.</summary>
    [JsonPropertyName("n")]
    public int? Count { get; init; }

    /// <summary>The size, such as <c>1024x1024</c>; 512 to 2,048 a side.</summary>
    public string? Size { get; init; }

    /// <summary>Sampling steps, 1 to 50.</summary>
    public int? Steps { get; init; }

    /// <summary>The seed.</summary>
    public long? Seed { get; init; }

    /// <summary>How closely the prompt is followed.</summary>
    public double? Guidance { get; init; }

    /// <summary>Whether the service embellishes the prompt.</summary>
    public bool? PromptExtend { get; init; }

    /// <summary>Whether the pictures carry a watermark.</summary>
    public bool? Watermark { get; init; }

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
}
