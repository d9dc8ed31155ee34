using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Training.Schedules;

namespace MultiModal.Diffusion.Training;

/// <summary>What every training of a denoiser is told.</summary>
public abstract record DiffusionTrainingOptions
{
    /// <summary>Updates of the weights. Default 1000.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Pictures a run. Default 1.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Runs whose gradients make one step; a larger batch in little memory. Default 1.</summary>
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>The learning rate at its height. Default 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>The learning rate of text encoders. Default: null, that of the UNet.</summary>
    public double? TextLearningRate { get; init; }

    /// <summary>How the learning rate falls after the warm-up. Default: not at all.</summary>
    public LearningRateShape LearningRateShape { get; init; }

    /// <summary>What the falling learning rate ends at, a share of <see cref="LearningRate"/>. Default 0.</summary>
    public double LearningRateFloor { get; init; }

    /// <summary>Steps over which the learning rate rises from 0. Default 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Which part of a weight, times the learning rate, is taken off at each step. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>How much of the running mean of squared gradients AdamW keeps at each step. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>The largest norm of the gradients of a step; larger ones are scaled down. Default 1; null for no limit.</summary>
    public double? GradientClip { get; init; } = 1;

    /// <summary>The limit of min-SNR weights (Hang et al. 2023), 5 as a rule: noise levels then count alike and training is quicker. Default: null, none.</summary>
    public float? MinSnrGamma { get; init; }

    /// <summary>How much of one number for each channel is added to the noise, 0.05 to 0.1 for very dark and very light pictures. Default 0.</summary>
    public float NoiseOffset { get; init; }

    /// <summary>The share of pictures that are trained without their caption, which guidance needs: 0.1 when a model is trained from nothing. Default 0.</summary>
    public float CaptionDropout { get; init; }

    /// <summary>Whether pictures are mirrored at random. Default false: writing and parted hair do not bear it.</summary>
    public bool Mirror { get; init; }

    /// <summary>The least noisy timestep that is trained. Default 0.</summary>
    public int FirstTimestep { get; init; }

    /// <summary>The noisiest timestep that is trained. Default: null, the last.</summary>
    public int? LastTimestep { get; init; }

    /// <summary>How much of the running average of the weights is kept at each step (0.999 as a rule); the average is what is saved. Default: null, no average.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>What everything random depends on. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>After how many steps a checkpoint is written, from which the training can go on. Default 500; 0 for none but the last.</summary>
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>How many checkpoints stay: the newest. Default 2.</summary>
    public int CheckpointsKept { get; init; } = 2;

    /// <summary>After how many steps pictures of <see cref="SamplePrompts"/> are drawn. Default 0: never.</summary>
    public int SampleEvery { get; init; }

    /// <summary>What is drawn while training. Default: nothing.</summary>
    public IReadOnlyList<string> SamplePrompts { get; init; } = [];

    /// <summary>The guidance of these pictures. Default 7.5.</summary>
    public float SampleGuidance { get; init; } = 7.5f;

    /// <summary>A folder where latents are kept from one training to the next. Default: null, none.</summary>
    public string? LatentCache { get; init; }

    /// <summary>Where and how the networks run.</summary>
    public RuntimeOptions Runtime { get; init; } = new();

    internal LearningRateSchedule Schedule() => LearningRateShape switch
    {
        LearningRateShape.Cosine => LearningRateSchedule.Cosine(Steps, WarmupSteps, LearningRateFloor),
        LearningRateShape.Linear => LearningRateSchedule.Linear(Steps, WarmupSteps, LearningRateFloor),
        _ => LearningRateSchedule.Constant(WarmupSteps),
    };

    internal virtual void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(GradientAccumulation, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(WarmupSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(CheckpointEvery);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointsKept, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(SampleEvery);
        ArgumentOutOfRangeException.ThrowIfNegative(FirstTimestep);
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "A learning rate is above 0.");
        if (LearningRateFloor is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(LearningRateFloor), LearningRateFloor, "A share lies between 0 and 1.");
        if (TextLearningRate is { } rate && !(rate >= 0 && double.IsFinite(rate))) throw new ArgumentOutOfRangeException(nameof(TextLearningRate), rate, "A learning rate is not below 0.");
        if (MinSnrGamma is <= 0 or float.NaN) throw new ArgumentOutOfRangeException(nameof(MinSnrGamma), MinSnrGamma, "The limit is above 0.");
        if (CaptionDropout is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(CaptionDropout), CaptionDropout, "A share lies between 0 and 1.");
        if (NoiseOffset is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(NoiseOffset), NoiseOffset, "The offset lies between 0 and 1.");
        if (AverageDecay is not (null or (>= 0 and < 1))) throw new ArgumentOutOfRangeException(nameof(AverageDecay), AverageDecay, "The share kept lies between 0 and 1.");
    }
}
