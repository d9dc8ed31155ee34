using MultiModal.Voice.Conversion;

namespace MultiModal.Voice.Streaming;

/// <summary>How a stream is converted in real time.</summary>
public sealed record VoiceStreamOptions
{
    /// <summary>The rate of what comes in and goes out, in Hz; 48000 by default.</summary>
    public int SampleRate { get; init; } = 48000;

    /// <summary>Samples of a block, in and out alike; a quarter of a second at the rate by default.</summary>
    public int? BlockLength { get; init; }

    /// <summary>The target speaker's name; null for the model's first.</summary>
    public string? Speaker { get; init; }

    /// <summary>A constant mix of speakers; overrides <see cref="Speaker"/>. Null by default.</summary>
    public SpeakerMix? Mix { get; init; }

    /// <summary>Semitones the pitch is moved by; 0 by default. Can be changed while the stream runs: <see cref="VoiceStream.Transpose"/>.</summary>
    public double Transpose { get; init; }

    /// <summary>How much randomness the prior has; 0.4 by default.</summary>
    public float NoiseScale { get; init; } = 0.4f;

    /// <summary>The seed of all randomness; 52468 by default.</summary>
    public ulong Seed { get; init; } = 52468;

    /// <summary>How much of the past content and prior see beside the block; 0.6 s by default. More is steadier and slower.</summary>
    public TimeSpan Context { get; init; } = TimeSpan.FromSeconds(0.6);

    /// <summary>How much of the future a sample is made with; 25 ms by default. It adds to the latency.</summary>
    public TimeSpan LookAhead { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Over how long blocks are faded into each other; 20 ms by default. It adds to the latency.</summary>
    public TimeSpan Crossfade { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>By how much a block may be shifted so that its wave falls on the last one's; 8 ms by default. It adds to the latency.</summary>
    public TimeSpan Search { get; init; } = TimeSpan.FromMilliseconds(8);

    /// <summary>What is quieter is silence and is not converted, in dB; -60 by default, negative infinity for never.</summary>
    public double GateDb { get; init; } = -60;

    internal int Block => BlockLength ?? (SampleRate / 4);

    internal void Validate()
    {
        Within(SampleRate, 8000, 192_000, nameof(SampleRate));
        Within(Block / (double)SampleRate, 0.02, 5, nameof(BlockLength));
        Within(Transpose, -60, 60, nameof(Transpose));
        Within(NoiseScale, 0, 10, nameof(NoiseScale));
        Within(Context.TotalSeconds, 0.1, 10, nameof(Context));
        Within(LookAhead.TotalSeconds, 0, 1, nameof(LookAhead));
        Within(Crossfade.TotalSeconds, 0.001, 0.02 + (Block / (double)SampleRate / 2), nameof(Crossfade));
        Within(Search.TotalSeconds, 0, 0.05, nameof(Search));
        if (double.IsNaN(GateDb) || GateDb > 0) throw new ArgumentOutOfRangeException(nameof(GateDb), GateDb, "The gate is at most 0 dB.");
        if (Mix is { Changes: true }) throw new ArgumentException("A stream has no end by which a changing mix could be timed.", nameof(Mix));
    }

    static void Within(double value, double low, double high, string name)
    {
        if (!(value >= low && value <= high)) throw new ArgumentOutOfRangeException(name, value, $"{name} is from {low} to {high}.");
    }
}
