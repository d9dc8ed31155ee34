using MultiModal.Images;

namespace MultiModal.Capabilities;

/// <summary>What an image generator or editor made.</summary>
/// <param name="Images">The pictures, at least one.</param>
public sealed record ImageGenerationResult(IReadOnlyList<ImageBuffer> Images)
{
    /// <summary>The seed that makes the first picture again; null where the engine does not tell.</summary>
    public long? Seed { get; init; }

    /// <summary>The model that drew; null where the engine does not tell.</summary>
    public string? Model { get; init; }
}
