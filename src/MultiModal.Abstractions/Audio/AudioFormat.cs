namespace MultiModal.Audio;

/// <summary>What a stream of samples is: how many a second, in how many channels.</summary>
public readonly record struct AudioFormat
{
    /// <summary>The highest sample rate accepted, in Hz.</summary>
    public const int MaxSampleRate = 768_000;

    /// <summary>The largest number of channels accepted.</summary>
    public const int MaxChannels = 1024;

    /// <summary>Makes a format.</summary>
    /// <param name="sampleRate">Frames per second, 1 to <see cref="MaxSampleRate"/>.</param>
    /// <param name="channels">Samples per frame, 1 to <see cref="MaxChannels"/>; 1 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">Either is outside its range.</exception>
    public AudioFormat(int sampleRate, int channels = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, MaxSampleRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, MaxChannels);
        SampleRate = sampleRate;
        Channels = channels;
    }

    /// <summary>Frames per second, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>Samples per frame: 1 is mono, 2 is stereo (left, right).</summary>
    public int Channels { get; }

    /// <summary>How long a number of frames sounds.</summary>
    /// <param name="frames">Samples per channel.</param>
    public TimeSpan DurationOf(long frames) => TimeSpan.FromTicks((long)((Int128)frames * TimeSpan.TicksPerSecond / SampleRate));

    /// <summary>The nearest whole number of frames to a time.</summary>
    /// <param name="time">The time; not negative.</param>
    public long FramesIn(TimeSpan time) => (long)(((Int128)time.Ticks * SampleRate + TimeSpan.TicksPerSecond / 2) / TimeSpan.TicksPerSecond);

    /// <inheritdoc/>
    public override string ToString() => $"{SampleRate} Hz, {Channels} {(Channels == 1 ? "channel" : "channels")}";
}
