using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Training.Networks;

namespace MultiModal.Voice.Training;

/// <summary>What is trained, from what, and where the results go.</summary>
public sealed record VoiceTrainingOptions
{
    /// <summary>Sizes of the networks and of a step.</summary>
    public required VoiceTrainingConfig Config { get; init; }

    /// <summary>Where checkpoints and config.json go. A run in a folder that has checkpoints goes on from the last of them.</summary>
    public required string Folder { get; init; }

    /// <summary>A generator to begin with (G_0.pth of a base model, or any other); null, the default, begins from scratch.</summary>
    public string? BaseGenerator { get; init; }

    /// <summary>Its discriminator (D_0.pth); null, the default, begins from scratch.</summary>
    public string? BaseDiscriminator { get; init; }

    /// <summary>Which parts are trained; all by default.</summary>
    public TrainingStage Stage { get; init; } = TrainingStage.Full;

    /// <summary>Only parameters whose names begin with one of these are trained; null, the default, for all of the stage.</summary>
    public IReadOnlyList<string>? OnlyParts { get; init; }

    /// <summary>Whether discriminators judge the sound; true by default. Without them training is faster and sound duller.</summary>
    public bool Adversarial { get; init; } = true;

    /// <summary>The discriminators; those of the original by default.</summary>
    public DiscriminatorConfig Discriminator { get; init; } = DiscriminatorConfig.Original;

    /// <summary>The step after which training ends; null, the default, for the end of the last epoch.</summary>
    public long? Steps { get; init; }

    /// <summary>The most frames of a clip that a step looks at; 790 by default, as in the original. Fewer are faster; never less than a segment.</summary>
    public int CropFrames { get; init; } = 790;

    /// <summary>Gradients with a larger norm are scaled down to it; null, the default and the original's way, leaves them.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Devices and threads; null for the defaults.</summary>
    public RuntimeOptions? Runtime { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Folder);
        Config.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(CropFrames, Config.SegmentFrames, nameof(CropFrames));
        if (ClipNorm is { } norm && !(norm > 0)) throw new ArgumentOutOfRangeException(nameof(ClipNorm), norm, "The largest norm is positive.");
        if (Steps is < 1) throw new ArgumentOutOfRangeException(nameof(Steps), Steps, "There is at least one step.");
    }
}
