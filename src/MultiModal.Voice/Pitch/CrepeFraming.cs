using MultiModal.Audio;

namespace MultiModal.Voice.Pitch;

/// <summary>The input of CREPE (J. Kim et al., "CREPE: a convolutional representation for pitch estimation", ICASSP 2018): frames of 1024 samples at 16 kHz, each with mean 0 and deviation 1.</summary>
public static class CrepeFraming
{
    /// <summary>The rate CREPE listens at, in Hz.</summary>
    public const int SampleRate = 16000;

    /// <summary>Samples of a frame.</summary>
    public const int FrameLength = 1024;

    /// <summary>Cuts a sound into frames.</summary>
    /// <param name="samples">The samples of one channel. NaN and infinities count as silence.</param>
    /// <param name="sampleRate">Their rate, in Hz.</param>
    /// <param name="hop">Samples from frame to frame, at that rate. At 16 kHz it is cut to whole samples, as torchcrepe does.</param>
    /// <returns>[frames, 1024], frame i being centred on sample i times the hop; samples / hop + 1 frames.</returns>
    public static float[] Frames(ReadOnlySpan<float> samples, int sampleRate, int hop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        var finite = new float[samples.Length];
        for (var i = 0; i < finite.Length; i++)
            finite[i] = float.IsFinite(samples[i]) ? samples[i] : 0;

        // torchcrepe resamples with resampy's long filter; this one is as long.
        var sound = sampleRate == SampleRate ? finite : new Resampler(sampleRate, SampleRate, lowpassFilterWidth: 64).Resample(finite);
        var step = Math.Max(1, (int)((long)hop * SampleRate / sampleRate));
        var count = 1 + (sound.Length / step);
        var frames = new float[checked(count * FrameLength)];
        for (var i = 0; i < count; i++)
        {
            var frame = frames.AsSpan(i * FrameLength, FrameLength);
            var start = (i * step) - (FrameLength / 2);
            var from = Math.Max(0, start);
            var to = Math.Min(sound.Length, start + FrameLength);
            if (from < to)
                sound.AsSpan(from, to - from).CopyTo(frame[(from - start)..]);
            Normalise(frame);
        }

        return frames;
    }

    static void Normalise(Span<float> frame)
    {
        var mean = 0.0;
        foreach (var value in frame)
            mean += value;
        mean /= frame.Length;
        var squares = 0.0;
        foreach (var value in frame)
            squares += (value - mean) * (value - mean);
        var scale = 1 / Math.Max(1e-10, Math.Sqrt(squares / (frame.Length - 1)));
        for (var i = 0; i < frame.Length; i++)
            frame[i] = (float)((frame[i] - mean) * scale);
    }
}
