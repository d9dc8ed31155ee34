using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Images;

/// <summary>A picture to be drawn by ERNIE-ViLG, basic.</summary>
/// <param name="Text">The prompt, up to 100 characters.</param>
public sealed record ErnieBasicImageRequest(string Text)
{
    /// <summary>The size: <c>1024*1024</c>, <c>1024*1536</c> or <c>1536*1024</c>.</summary>
    /// <value>The default is <c>1024*1024</c>.</value>
    public string Resolution { get; init; } = "1024*1024";

    /// <summary>The style by its Chinese name, such as 油画 or 写实风格.</summary>
    /// <value>The default is 写实风格 (realistic).</value>
    public string Style { get; init; } = "写实风格";

    /// <summary>How many pictures, 1 to 6.</summary>
    /// <value>The default is 1.</value>
    [JsonPropertyName("num")]
    public int Count { get; init; } = 1;

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
