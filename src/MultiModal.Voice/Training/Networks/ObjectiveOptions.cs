using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Training.Networks;

/// <summary>The sizes of a step and the weights of its losses.</summary>
sealed record ObjectiveOptions
{
    public required TrainingStage Stage { get; init; }

    public required int Batch { get; init; }

    /// <summary>Frames the prior and the posterior see.</summary>
    public required int Frames { get; init; }

    /// <summary>Frames of which sound is made.</summary>
    public required int SegmentFrames { get; init; }

    public required MelSpectrogramOptions Mel { get; init; }

    /// <summary>Who judges the sound; null for no adversarial losses.</summary>
    public DiscriminatorConfig? Discriminator { get; init; }

    public float MelWeight { get; init; } = 45;

    public float DivergenceWeight { get; init; } = 1;

    /// <summary>How much of the prior's deviation conversion will draw, in the direct stage.</summary>
    public float NoiseScale { get; init; } = 0.4f;
}
