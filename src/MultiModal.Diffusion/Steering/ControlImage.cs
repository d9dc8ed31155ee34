using MultiModal.Images;

namespace MultiModal.Diffusion.Steering;

/// <summary>A ControlNet and the picture it makes the request follow.</summary>
/// <param name="Model">The ControlNet; the caller's, and alive as long as the request runs.</param>
/// <param name="Image">What it reads: edges, depth, a pose, as the ControlNet was trained on. Resized to the request's size.</param>
public sealed record ControlImage(ControlNetModel Model, ImageBuffer Image)
{
    /// <summary>How strongly it steers; 0 not at all, 1 as trained. Default 1.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>The share of the steps after which it begins. Default 0.</summary>
    public float Start { get; init; }

    /// <summary>The share of the steps after which it ends. Default 1.</summary>
    public float End { get; init; } = 1;

    internal void Validate()
    {
        if (!float.IsFinite(Scale)) throw new ArgumentOutOfRangeException(nameof(Scale), Scale, "A scale is a finite number.");
        if (!(Start >= 0 && Start <= End && End <= 1)) throw new ArgumentOutOfRangeException(nameof(Start), Start, "Start and end lie between 0 and 1, in this order.");
    }
}
