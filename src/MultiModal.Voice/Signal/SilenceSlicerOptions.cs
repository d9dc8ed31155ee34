namespace MultiModal.Voice.Signal;

/// <summary>When a sound is cut at its silences.</summary>
public sealed record SilenceSlicerOptions
{
    /// <summary>The loudness below which a frame is silent, in dB of full scale; -40 by default.</summary>
    public double ThresholdDb { get; init; } = -40;

    /// <summary>The least length of a piece; 5 s by default.</summary>
    public TimeSpan MinLength { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The shortest silence that is cut; 0.3 s by default. At most <see cref="MinLength"/>.</summary>
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromSeconds(0.3);

    /// <summary>From frame to frame; 20 ms by default. At most <see cref="MinInterval"/>.</summary>
    public TimeSpan Hop { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How much silence stays with the pieces around it; 5 s by default. At least <see cref="Hop"/>.</summary>
    public TimeSpan MaxSilenceKept { get; init; } = TimeSpan.FromSeconds(5);
}
