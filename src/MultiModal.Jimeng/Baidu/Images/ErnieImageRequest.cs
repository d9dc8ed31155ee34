using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Images;

/// <summary>A picture to be drawn by ERNIE-ViLG v2.</summary>
/// <param name="Prompt">The prompt, in Chinese, up to 200 characters.</param>
public sealed record ErnieImageRequest(string Prompt)
{
    /// <summary>Width in pixels. Sizes: 512x512, 640x360, 360x640, 1024x1024, 1280x720, 720x1280, 2048x2048, 2560x1440, 1440x2560.</summary>
    /// <value>The default is 1024.</value>
    public int Width { get; init; } = 1024;

    /// <summary>Height in pixels, see <see cref="Width"/>.</summary>
    /// <value>The default is 1024.</value>
    public int Height { get; init; } = 1024;

    /// <summary>The model's version: <c>v1</c> or <c>v2</c>.</summary>
    public string? Version { get; init; }

    /// <summary>How many pictures, 1 to 8.</summary>
    /// <value>The default is 1.</value>
    [JsonPropertyName("image_num")]
    public int Count { get; init; } = 1;

    /// <summary>A reference picture.</summary>
    public byte[]? Image { get; init; }

    /// <summary>A reference picture by its address.</summary>
    public Uri? Url { get; init; }

    /// <summary>How far the result follows the reference picture, 1 (little) to 10.</summary>
    public int? ChangeDegree { get; init; }

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
