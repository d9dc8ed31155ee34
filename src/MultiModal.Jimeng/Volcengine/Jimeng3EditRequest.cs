using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>A picture changed by Jimeng's image to image, 3.0.</summary>
public sealed record Jimeng3EditRequest : JimengRequest
{
    /// <summary>Makes a request with a picture's bytes.</summary>
    /// <param name="image">The picture, up to 4.7 MB and 4096x4096, ratio up to 3.</param>
    /// <param name="prompt">What shall change, up to 800 characters.</param>
    public Jimeng3EditRequest(byte[] image, string prompt)
        : base(JimengKeys.ImageToImage30)
    {
        Images = [image];
        Prompt = prompt;
    }

    /// <summary>Makes a request with a picture's address.</summary>
    /// <param name="imageUrl">The picture's address.</param>
    /// <param name="prompt">What shall change, up to 800 characters.</param>
    public Jimeng3EditRequest(Uri imageUrl, string prompt)
        : base(JimengKeys.ImageToImage30)
    {
        ImageUrls = [imageUrl];
        Prompt = prompt;
    }

    /// <summary>The picture's bytes, or null.</summary>
    [JsonPropertyName("binary_data_base64")]
    public IReadOnlyList<byte[]>? Images { get; }

    /// <summary>The picture's address, or null.</summary>
    public IReadOnlyList<Uri>? ImageUrls { get; }

    /// <summary>What shall change.</summary>
    public string Prompt { get; }

    /// <summary>The seed; -1 is random.</summary>
    public long? Seed { get; init; }

    /// <summary>How much the text counts, 0 to 1.</summary>
    public double? Scale { get; init; }

    /// <summary>The width, 512 to 2016.</summary>
    public int? Width { get; init; }

    /// <summary>The height, 512 to 2016.</summary>
    public int? Height { get; init; }

    internal override JsonTypeInfo Json => JimengJson.Relaxed.Jimeng3EditRequest;

    internal override string? FindProblem() =>
        PromptProblem(Prompt, 800)
        ?? (Images is [{ Length: > 4_928_307 }] ? "The picture is larger than 4.7 MB." : null)
        ?? (Width is < 512 or > 2016 || Height is < 512 or > 2016 ? "Width and height are from 512 to 2016." : null)
        ?? (Scale is < 0 or > 1 ? "Scale is from 0 to 1." : null);
}
