using System.Text.Json.Serialization.Metadata;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>Pictures by Jimeng 4.0, from text alone or by editing up to ten pictures. Billed by the picture.</summary>
public sealed record Jimeng40ImageRequest : JimengRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="prompt">The prompt, up to 800 characters.</param>
    public Jimeng40ImageRequest(string prompt)
        : base(JimengKeys.Image40) => Prompt = prompt;

    /// <summary>The prompt.</summary>
    public string Prompt { get; }

    /// <summary>Addresses of up to 10 pictures (JPEG or PNG, up to 15 MB and 4096x4096).</summary>
    public IReadOnlyList<Uri>? ImageUrls { get; init; }

    /// <summary>The area of the result in pixels, 1024² to 4096²; the model chooses the shape. Not beside width and height.</summary>
    public int? Size { get; init; }

    /// <summary>The result's width; goes with <see cref="Height"/>, product 1024² to 4096².</summary>
    public int? Width { get; init; }

    /// <summary>The result's height.</summary>
    public int? Height { get; init; }

    /// <summary>How much the text counts against the pictures, 0 to 1.</summary>
    /// <value>The default is null: the service's own, 0.5.</value>
    public double? Scale { get; init; }

    /// <summary>Whether exactly one picture is made. Otherwise the model decides, and each costs.</summary>
    /// <value>The default is <see langword="true"/>, unlike the service's own.</value>
    public bool ForceSingle { get; init; } = true;

    /// <summary>The least ratio of width to height.</summary>
    public double? MinRatio { get; init; }

    /// <summary>The greatest ratio of width to height.</summary>
    public double? MaxRatio { get; init; }

    internal override JsonTypeInfo Json => JimengJson.Relaxed.Jimeng40ImageRequest;

    internal override string? FindProblem() =>
        PromptProblem(Prompt, 800)
        ?? (ImageUrls?.Count > 10 ? $"{ImageUrls.Count} pictures were given; at most 10 are accepted." : null)
        ?? (Size is not null && (Width ?? Height) is not null ? "Give either size or width and height." : null)
        ?? AreaProblem(Width, Height, 1024 * 1024, 4096 * 4096)
        ?? (Scale is < 0 or > 1 ? "Scale is from 0 to 1." : null);
}
