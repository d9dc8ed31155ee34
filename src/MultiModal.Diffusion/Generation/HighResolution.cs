using MultiModal.Diffusion.Steering;

namespace MultiModal.Diffusion.Generation;

/// <summary>A second pass at a larger size ("high-resolution fix"): the first pass composes at the size the model knows, the second adds detail.</summary>
public sealed record HighResolution
{
    /// <summary>How many times larger, above 1 to 8. Default 2. Sizes are rounded to what the model takes.</summary>
    public float Scale { get; init; } = 2;

    /// <summary>How much of the larger picture is drawn anew, 0 to 1. Default 0.7.</summary>
    public float Strength { get; init; } = 0.7f;

    /// <summary>Steps of the second pass before <see cref="Strength"/> shortens it; 0 for as many as the first. Default 0.</summary>
    public int Steps { get; init; }

    /// <summary>Whether latents are enlarged (A1111's "Latent"); otherwise the decoded picture is, by Lanczos. Default true.</summary>
    public bool InLatents { get; init; } = true;

    /// <summary>A network that enlarges the decoded picture, instead of <see cref="InLatents"/>. Default: null, none.</summary>
    public ImageUpscaler? Upscaler { get; init; }

    internal void Validate()
    {
        if (Scale is not (> 1 and <= 8)) throw new ArgumentOutOfRangeException(nameof(Scale), Scale, "A second pass is more than 1 and at most 8 times larger.");
        if (Strength is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Strength), Strength, "A strength lies between 0 and 1.");
        if (Steps is < 0 or > 1000) throw new ArgumentOutOfRangeException(nameof(Steps), Steps, "A second pass has 0 to 1000 steps; 0 is as many as the first.");
    }
}
