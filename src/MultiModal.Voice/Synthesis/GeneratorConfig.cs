namespace MultiModal.Voice.Synthesis;

/// <summary>The dimensions of a harmonic-plus-noise HiFi-GAN: So-VITS-SVC's decoder, or the vocoder of its diffusion models.</summary>
public sealed record GeneratorConfig
{
    /// <summary>Channels of the latent, or bins of the mel spectrogram.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Channels after the first convolution; halved by each upsampling.</summary>
    public required int InitialChannels { get; init; }

    /// <summary>The length of the speaker embedding, or null where there are no speakers.</summary>
    public int? SpeakerChannels { get; init; }

    /// <summary>By how much each stage upsamples. Their product is the hop length.</summary>
    public required IReadOnlyList<int> UpsampleRates { get; init; }

    /// <summary>The kernel of each stage's transposed convolution.</summary>
    public required IReadOnlyList<int> UpsampleKernels { get; init; }

    /// <summary>The kernels of the residual blocks that each stage has side by side.</summary>
    public required IReadOnlyList<int> ResidualKernels { get; init; }

    /// <summary>The dilations in each of those blocks.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> ResidualDilations { get; init; }

    /// <summary>Whether each dilated convolution is followed by an undilated one ("resblock": "1").</summary>
    public bool PairedResiduals { get; init; } = true;

    /// <summary>Whether the activations are alias-free periodic ones ("nsf-snake-hifigan").</summary>
    public bool Snake { get; init; }

    /// <summary>How many harmonics the source has, the fundamental included; 9 in every model known.</summary>
    public int Harmonics { get; init; } = 9;

    /// <summary>Samples for a frame.</summary>
    public int Hop => UpsampleRates.Aggregate(1, (product, rate) => product * rate);
}
