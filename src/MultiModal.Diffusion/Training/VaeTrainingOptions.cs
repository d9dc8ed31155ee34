using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Training;

/// <summary>How an autoencoder is trained.</summary>
public sealed record VaeTrainingOptions
{
    /// <summary>Updates of the weights. Default 2000.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Pictures a step. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>The learning rate at its height; it rises over <see cref="WarmupSteps"/> and falls as half a cosine. Default 1.5e-3, for small autoencoders from nothing.</summary>
    public double LearningRate { get; init; } = 1.5e-3;

    /// <summary>Where the learning rate ends, a share of its height. Default 0.02.</summary>
    public double LearningRateFloor { get; init; } = 0.02;

    /// <summary>Steps over which the learning rate rises from 0. Default 60.</summary>
    public int WarmupSteps { get; init; } = 60;

    /// <summary>The largest norm of the gradients of a step. Default 1.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>How much errors of edges count beside those of pixels. Default 0.5.</summary>
    public float EdgeWeight { get; init; } = 0.5f;

    /// <summary>How much the divergence of the latents from the normal distribution counts, a mean over their elements. Default 0.001.</summary>
    public float DivergenceWeight { get; init; } = 1e-3f;

    /// <summary>Whether pictures are mirrored at random. Default true.</summary>
    public bool Mirror { get; init; } = true;

    /// <summary>
    /// Whether the scaling and shift factors of the model are set anew, so that latents have mean 0 and variance 1: for a model from nothing. A UNet
    /// trained with the old ones would no longer fit. Default false.
    /// </summary>
    public bool SetScale { get; init; }

    /// <summary>After how many steps a checkpoint is written. Default 250.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>What everything random depends on. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The type the weights are stored in. Default float16.</summary>
    public DType StoredType { get; init; } = DType.Float16;

    /// <summary>Where and how the network runs.</summary>
    public RuntimeOptions Runtime { get; init; } = new();

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointEvery, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(WarmupSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(EdgeWeight);
        ArgumentOutOfRangeException.ThrowIfNegative(DivergenceWeight);
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "A learning rate is above 0.");
        if (StoredType is not (DType.Float16 or DType.BFloat16 or DType.Float32)) throw new ArgumentException($"Weights are stored in a floating-point type, not {StoredType}.", nameof(StoredType));
    }
}
