using MultiModal.Images;

namespace MultiModal.AspNetCore.Engines;

/// <summary>What is wanted of an image generator.</summary>
internal sealed record ImageSettings(string Prompt)
{
    public string? Model { get; init; }

    public string? NegativePrompt { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public int Count { get; init; } = 1;

    public int? Steps { get; init; }

    public double? Guidance { get; init; }

    public long? Seed { get; init; }

    public int PreviewEvery { get; init; }
}

/// <summary>What is wanted of an image editor.</summary>
internal sealed record EditSettings(string Prompt, ImageBuffer Image)
{
    public string? Model { get; init; }

    public string? NegativePrompt { get; init; }

    public ImageBuffer? Mask { get; init; }

    public double? Strength { get; init; }

    public long? Seed { get; init; }
}
