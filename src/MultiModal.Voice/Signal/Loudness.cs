namespace MultiModal.Voice.Signal;

/// <summary>Loudness over time.</summary>
public static class Loudness
{
    /// <summary>
    /// The volume of every frame: the root mean square of the samples of one hop around its start, the sound being reflected at its ends. What models
    /// with a volume embedding are given (so-vits-svc 4.1-Stable's <c>Volume_Extractor</c>).
    /// </summary>
    /// <param name="samples">The samples of one channel.</param>
    /// <param name="hop">Samples a frame; 512 by default.</param>
    /// <returns>One volume a frame, samples / hop of them (rounded down).</returns>
    public static float[] Volume(ReadOnlySpan<float> samples, int hop = 512)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        var volume = new float[samples.Length / hop];
        for (var frame = 0; frame < volume.Length; frame++)
        {
            var start = (frame * hop) - (hop / 2);
            var sum = 0.0;
            for (var i = start; i < start + hop; i++)
            {
                var x = samples[Reflection.Index(i, samples.Length)];
                sum += x * x;
            }

            volume[frame] = (float)Math.Sqrt(sum / hop);
        }

        return volume;
    }

    /// <summary>
    /// Moves the loudness of one sound towards that of another: every sample is multiplied by (r / s)^(1 - rate), r and s being the root mean squares
    /// over one second around it, taken twice a second and joined by straight lines (<c>change_rms</c> of so-vits-svc and RVC).
    /// </summary>
    /// <param name="samples">The samples of one channel, changed in place.</param>
    /// <param name="sampleRate">Their rate, in Hz.</param>
    /// <param name="reference">The sound whose loudness is approached, of the same duration.</param>
    /// <param name="referenceRate">Its rate, in Hz.</param>
    /// <param name="rate">0 takes the loudness of the reference, 1 changes nothing.</param>
    public static void Approach(Span<float> samples, int sampleRate, ReadOnlySpan<float> reference, int referenceRate, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(referenceRate, 2);
        if (!double.IsFinite(rate))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The rate is a number.");
        if (samples.IsEmpty || reference.IsEmpty || rate == 1)
            return;
        var target = Rms.Compute(reference, referenceRate / 2 * 2, referenceRate / 2);
        var own = Rms.Compute(samples, sampleRate / 2 * 2, sampleRate / 2);
        var (targetScale, ownScale) = ((double)target.Length / samples.Length, (double)own.Length / samples.Length);
        var exponent = (float)(1 - rate);
        for (var i = 0; i < samples.Length; i++)
        {
            var r = LinearResize.At(target, targetScale, i);
            var s = Math.Max(LinearResize.At(own, ownScale, i), 1e-6f);
            samples[i] *= MathF.Pow(r, exponent) * MathF.Pow(s, -exponent);
        }
    }
}
