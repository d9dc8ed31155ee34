using MultiModal.Images;

namespace MultiModal.Capabilities;

/// <summary>What is wanted of an image editor, whatever its engine. Engines have options of their own besides.</summary>
/// <param name="Prompt">What the picture shall show, or how it shall change.</param>
public record ImageEditRequest(string Prompt)
{
    /// <summary>What it must not show; null for nothing in particular. Engines without such a thing leave it out.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>How much of the picture may change, 0 to 1; null for the engine's own.</summary>
    public double? Strength { get; init; }

    /// <summary>Where the picture may change: white, at its size; null for everywhere. Engines that cannot take one say so.</summary>
    public ImageBuffer? Mask { get; init; }

    /// <summary>The seed of all randomness; null for another picture every time. Engines without seeds leave it out.</summary>
    public long? Seed { get; init; }
}
