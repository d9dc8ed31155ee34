namespace MultiModal.Diffusion.Schedulers;

/// <summary>Where a stochastic sampler gets its standard normal numbers. A sampler draws whole batches, always in the same order.</summary>
public interface INoiseSource
{
    /// <summary>The next draw.</summary>
    /// <param name="noise">Receives it: <see cref="LatentShape.Count"/> numbers of mean 0 and variance 1.</param>
    /// <param name="shape">The shape of the latents.</param>
    void Draw(Span<float> noise, LatentShape shape);
}
