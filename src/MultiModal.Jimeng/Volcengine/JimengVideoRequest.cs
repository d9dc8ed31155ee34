using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>A video from text, from a first frame, or from a first and a last one. The model is chosen by <see cref="JimengRequest.ReqKey"/>.</summary>
public sealed record JimengVideoRequest : JimengRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="prompt">The prompt, up to 800 characters; may be empty beside a first frame.</param>
    /// <param name="reqKey">The model, 3.0 Pro by default.</param>
    public JimengVideoRequest(string prompt, string reqKey = JimengKeys.Video30Pro)
        : base(reqKey) => Prompt = prompt;

    /// <summary>The prompt.</summary>
    public string Prompt { get; }

    /// <summary>Addresses of the first and, where the model takes one, the last frame.</summary>
    public IReadOnlyList<Uri>? ImageUrls { get; init; }

    /// <summary>The frames' bytes, up to 4.7 MB each, short side at least 320 pixels. Not beside <see cref="ImageUrls"/>.</summary>
    [JsonPropertyName("binary_data_base64")]
    public IReadOnlyList<byte[]>? Images { get; init; }

    /// <summary>The seed; -1 is random.</summary>
    public long? Seed { get; init; }

    /// <summary>How many frames at 24 a second: 121 (5 s) or 241 (10 s).</summary>
    public int? Frames { get; init; }

    /// <summary>The shape, for text alone: 16:9, 4:3, 1:1, 3:4, 9:16, 21:9.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>The camera movement (<see cref="JimengKeys.CameraVideo30"/>).</summary>
    public string? TemplateId { get; init; }

    /// <summary>The movement's strength: weak, medium, strong.</summary>
    public string? CameraStrength { get; init; }

    internal override JsonTypeInfo Json => JimengJson.Relaxed.JimengVideoRequest;

    internal override string? FindProblem()
    {
        var pictures = (ImageUrls?.Count ?? 0) + (Images?.Count ?? 0);
        return PromptProblem(Prompt, 800, required: pictures == 0)
            ?? (ImageUrls is { Count: > 0 } && Images is { Count: > 0 } ? "Give either addresses or bytes of the frames." : null)
            ?? (ReqKey.Contains("first_tail", StringComparison.Ordinal) && pictures != 2 ? "This model takes exactly two pictures, the first and the last frame." : null)
            ?? (Frames is { } frames && frames % 24 != 1 ? "Frames are a multiple of 24 plus 1: 121 or 241." : null)
            ?? (Images?.Any(static image => image.Length > 4_928_307) == true ? "A picture is larger than 4.7 MB." : null);
    }
}
