using MultiModal.Images;

namespace MultiModal.Capabilities;

/// <summary>What a drawing engine tells while it draws. The last one is always <see cref="Completed"/>.</summary>
public abstract record ImageGenerationUpdate
{
    ImageGenerationUpdate()
    {
    }

    /// <summary>A part is done.</summary>
    /// <param name="Fraction">How much, 0 to 1.</param>
    public sealed record Progress(double Fraction) : ImageGenerationUpdate;

    /// <summary>What the pictures look like so far, small and rough.</summary>
    /// <param name="Images">One for each picture asked for.</param>
    public sealed record Preview(IReadOnlyList<ImageBuffer> Images) : ImageGenerationUpdate;

    /// <summary>The pictures are done.</summary>
    /// <param name="Result">The pictures.</param>
    public sealed record Completed(ImageGenerationResult Result) : ImageGenerationUpdate;
}
