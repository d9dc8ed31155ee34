namespace MultiModal.Audio;

/// <summary>What a reader of WAV files puts up with.</summary>
public sealed record WavReadOptions
{
    /// <summary>The defaults.</summary>
    public static WavReadOptions Default { get; } = new();

    /// <summary>
    /// The most samples (frames times channels) <see cref="WavFile"/> reads into memory; 268,435,456 by default, which is 1 GiB and 101 minutes of
    /// mono at 44.1 kHz. <see cref="WavReader"/> streams and has no limit.
    /// </summary>
    public long MaxSamples { get; init; } = 1L << 28;

    /// <summary>The most channels; 64 by default, never more than <see cref="AudioFormat.MaxChannels"/>.</summary>
    public int MaxChannels { get; init; } = 64;

    /// <summary>
    /// Whether a file that ends before its data chunk does is read as far as it goes, as after a recording that was cut off. False by default: it is an error.
    /// </summary>
    public bool AllowTruncated { get; init; }
}
