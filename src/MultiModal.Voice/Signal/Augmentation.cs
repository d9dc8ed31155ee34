using MultiModal.Audio;

namespace MultiModal.Voice.Signal;

/// <summary>Variants of a recording that enlarge a small training set: other speeds at the same pitch, other pitches at the same speed.</summary>
public static class Augmentation
{
    /// <summary>The largest change of speed, as a fraction: 15 %. Farther off, speech no longer sounds like the speaker's.</summary>
    public const double MaxSpeedChange = 0.15;

    /// <summary>The largest shift of pitch, in semitones.</summary>
    public const double MaxPitchShift = 2;

    /// <summary>Changes the speed and keeps the pitch, by overlapping blocks where they resemble each other (see <see cref="Sola"/>).</summary>
    /// <param name="samples">One channel.</param>
    /// <param name="sampleRate">Its rate in Hz.</param>
    /// <param name="factor">0.85 to 1.15; 1.1 is a tenth faster, and as much shorter.</param>
    /// <returns>samples / factor samples, rounded.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The factor is out of range.</exception>
    public static float[] ChangeSpeed(ReadOnlySpan<float> samples, int sampleRate, double factor)
    {
        // 0.15 itself is in range however it was computed.
        if (!(Math.Abs(factor - 1) <= MaxSpeedChange + 1e-9))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A change of speed is by a factor from 0.85 to 1.15.");
        return Stretch(samples, sampleRate, factor);
    }

    /// <summary>Shifts the pitch, and the formants with it, and keeps the speed.</summary>
    /// <param name="samples">One channel.</param>
    /// <param name="sampleRate">Its rate in Hz.</param>
    /// <param name="semitones">-2 to 2.</param>
    /// <returns>As many samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The shift is out of range.</exception>
    public static float[] ShiftPitch(ReadOnlySpan<float> samples, int sampleRate, double semitones)
    {
        if (!(Math.Abs(semitones) <= MaxPitchShift))
            throw new ArgumentOutOfRangeException(nameof(semitones), semitones, "A shift of pitch is from -2 to 2 semitones.");
        var factor = Math.Pow(2, semitones / 12);
        // Slower by the factor, then read faster by it. A ratio of small numbers keeps the resampler's table small.
        var stretched = Stretch(samples, sampleRate, 1 / factor);
        var resampled = new Resampler((int)Math.Round(200 * factor), 200).Resample(stretched);
        Array.Resize(ref resampled, samples.Length);
        return resampled;
    }

    static float[] Stretch(ReadOnlySpan<float> samples, int sampleRate, double factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1000);
        var result = new float[(int)Math.Round(samples.Length / factor)];
        if (factor == 1)
        {
            samples.CopyTo(result);
            return result;
        }

        // Blocks of 20 ms, found again within one period of a deep voice.
        var (step, fade, search) = (sampleRate / 50, sampleRate / 100, sampleRate / 80);
        var sola = new Sola(fade, search);
        var block = new float[step + fade + search];
        Span<float> output = new float[step];
        for (var at = 0; at < result.Length; at += step)
        {
            var start = (int)(at * factor);
            var available = samples[Math.Min(start, samples.Length)..];
            available = available[..Math.Min(available.Length, block.Length)];
            available.CopyTo(block);
            block.AsSpan(available.Length).Clear();
            sola.Join(block, output);
            // The first block has nothing before it to be faded from.
            if (at == 0) available[..Math.Min(step, available.Length)].CopyTo(output);
            output[..Math.Min(step, result.Length - at)].CopyTo(result.AsSpan(at));
        }

        return result;
    }
}
