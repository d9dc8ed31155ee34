using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>A picture enlarged to 4K or 8K.</summary>
public sealed record JimengUpscaleRequest : JimengRequest
{
    /// <summary>Makes a request with a picture's bytes.</summary>
    /// <param name="image">The picture.</param>
    public JimengUpscaleRequest(byte[] image)
        : base(JimengKeys.Upscale) => Images = [image];

    /// <summary>Makes a request with a picture's address.</summary>
    /// <param name="imageUrl">The picture's address.</param>
    public JimengUpscaleRequest(Uri imageUrl)
        : base(JimengKeys.Upscale) => ImageUrls = [imageUrl];

    /// <summary>The picture's bytes, or null.</summary>
    [JsonPropertyName("binary_data_base64")]
    public IReadOnlyList<byte[]>? Images { get; }

    /// <summary>The picture's address, or null.</summary>
    public IReadOnlyList<Uri>? ImageUrls { get; }

    /// <summary>The size to reach: <c>4k</c> or <c>8k</c>.</summary>
    /// <value>The default is <c>4k</c>.</value>
    public string Resolution { get; init; } = "4k";

    /// <summary>How much detail may be invented, 0 to 100.</summary>
    public int? Scale { get; init; }

    internal override JsonTypeInfo Json => JimengJson.Relaxed.JimengUpscaleRequest;
}
