using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>What a generation tells while it runs. The last one is always <see cref="Completed"/>.</summary>
public abstract record DiffusionUpdate
{
    DiffusionUpdate()
    {
    }

    /// <summary>A step is done.</summary>
    /// <param name="Progress">How far it is.</param>
    public sealed record Stepped(DiffusionProgress Progress) : DiffusionUpdate;

    /// <summary>What the picture looks like so far, small and rough.</summary>
    /// <param name="Step">After which step.</param>
    /// <param name="Images">One for each picture asked for.</param>
    public sealed record Preview(int Step, IReadOnlyList<ImageBuffer> Images) : DiffusionUpdate;

    /// <summary>The pictures are done.</summary>
    /// <param name="Images">As many as asked for.</param>
    public sealed record Completed(IReadOnlyList<GeneratedImage> Images) : DiffusionUpdate;
}
