namespace MultiModal.Diffusion.Schedulers;

/// <summary>What a request may choose about a sampler beyond its scheduler's configuration.</summary>
public sealed record SamplerOptions
{
    /// <summary>All defaults.</summary>
    public static SamplerOptions Default { get; } = new();

    /// <summary>How much fresh noise a step adds, 0 to 1. Null means the sampler's own default: 0 for DDIM, 0.3 for TCD, 1 for ancestral and stochastic ones. Samplers without such noise ignore it, and so do ancestral ones with two model calls a step, whose middle is laid out for 1.</summary>
    public float? Eta { get; init; }

    /// <summary>A factor on added noise (s_noise); 1 by default.</summary>
    public float NoiseScale { get; init; } = 1;

    /// <summary>Noise added at each step of Euler (s_churn of Karras et al. 2022, algorithm 2); 0 by default, ignored by other samplers.</summary>
    public float Churn { get; init; }

    /// <summary>The least sigma at which <see cref="Churn"/> acts; 0 by default.</summary>
    public float ChurnFrom { get; init; }

    /// <summary>The largest sigma at which <see cref="Churn"/> acts; no limit by default.</summary>
    public float ChurnTo { get; init; } = float.PositiveInfinity;
}
