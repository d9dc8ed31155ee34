namespace MultiModal.Voice.Training.Encoders;

/// <summary>The size of a content encoder, and how it is trained. The defaults make one of about two million parameters.</summary>
public sealed record ContentEncoderOptions
{
    /// <summary>The labels phonemes can have. The first is that of pauses.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Channels of each convolution over the waveform; [192, 128, 128] by default.</summary>
    public IReadOnlyList<int> ConvChannels { get; init; } = [192, 128, 128];

    /// <summary>Their kernels; [320, 2, 2] by default.</summary>
    public IReadOnlyList<int> ConvKernels { get; init; } = [320, 2, 2];

    /// <summary>Their strides, whose product is 320 samples, a unit's length; [80, 2, 2] by default.</summary>
    public IReadOnlyList<int> ConvStrides { get; init; } = [80, 2, 2];

    /// <summary>Channels of a unit, and inside the transformer; 160 by default.</summary>
    public int Hidden { get; init; } = 160;

    /// <summary>Channels inside the feed-forward parts; 480 by default.</summary>
    public int Intermediate { get; init; } = 480;

    /// <summary>Attention heads; 4 by default.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Layers that are trained; 4 by default.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>
    /// After which layer units are taken, 1 to <see cref="Layers"/>; the layers behind it serve the training alone and are left out of the file. 3 by
    /// default: the last layer knows labels, the one before it still hears how they sound.
    /// </summary>
    public int UnitLayer { get; init; } = 3;

    /// <summary>Steps; 2000 by default.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Pieces of speech in a step; 16 by default.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Their length in units of 20 ms; 160 by default.</summary>
    public int Units { get; init; } = 160;

    /// <summary>The highest learning rate; 0.001 by default. It rises over the first tenth of the steps and falls to zero as a cosine.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>By how much speech is read faster or slower at random, which moves pitch and formants: 0.15 by default.</summary>
    public double Variation { get; init; } = 0.15;

    /// <summary>The seed of everything random; 1234 by default.</summary>
    public ulong Seed { get; init; } = 1234;

    internal void Validate()
    {
        if (Labels.Count < 2 || Labels.Distinct(StringComparer.Ordinal).Count() != Labels.Count) throw new ArgumentException("There must be two labels or more, each once.", nameof(Labels));
        if (ConvChannels.Count == 0 || ConvKernels.Count != ConvChannels.Count || ConvStrides.Count != ConvChannels.Count)
            throw new ArgumentException("Every convolution has channels, a kernel and a stride.", nameof(ConvChannels));
        if (ConvStrides.Aggregate(1, (a, b) => a * b) != 320) throw new ArgumentException("The product of the strides is 320 samples, the length of a unit.", nameof(ConvStrides));
        if (Hidden % Heads != 0) throw new ArgumentException($"{Hidden} channels do not fall into {Heads} heads.", nameof(Heads));
        if (UnitLayer < 1 || UnitLayer > Layers) throw new ArgumentOutOfRangeException(nameof(UnitLayer), UnitLayer, $"Units are taken after layer 1 to {Layers}.");
        if (Steps < 1 || Batch < 1 || Units < 10) throw new ArgumentException("Steps, batch and length are positive.");
        if (Variation is not (>= 0 and <= 0.3)) throw new ArgumentOutOfRangeException(nameof(Variation), Variation, "The variation is from 0 to 0.3.");
    }
}
