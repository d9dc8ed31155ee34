using MultiModal.Diffusion.Safety;
using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>A finished picture.</summary>
/// <param name="Image">The picture. Its text "parameters" says how it was made, and is saved with a PNG.</param>
/// <param name="Seed">The seed that makes it again.</param>
public sealed record GeneratedImage(ImageBuffer Image, long Seed)
{
    /// <summary>What the safety checker said of it; null where the model was loaded without one.</summary>
    public SafetyVerdict? Safety { get; init; }

    /// <summary>What its maker should know: tensors of a LoRA that have no place in the model, for one. Empty where all is well.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
