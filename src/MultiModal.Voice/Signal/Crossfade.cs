namespace MultiModal.Voice.Signal;

/// <summary>Joins two pieces of sound over a stretch they share.</summary>
public static class Crossfade
{
    /// <summary>Straight lines: the end of one piece times 1 - t plus the beginning of the next times t, t = i / (n - 1), as so-vits-svc joins forced slices.</summary>
    /// <param name="fading">What fades out, n samples.</param>
    /// <param name="rising">What fades in, n samples.</param>
    /// <param name="result">Room for n samples; may be either input.</param>
    public static void Linear(ReadOnlySpan<float> fading, ReadOnlySpan<float> rising, Span<float> result)
    {
        Check(fading, rising, result);
        var last = Math.Max(1, fading.Length - 1);
        for (var i = 0; i < fading.Length; i++)
        {
            var t = (float)i / last;
            result[i] = (fading[i] * (1 - t)) + (rising[i] * t);
        }
    }

    /// <summary>Squared sines: weights cos² and sin² of pi i / 2n, which add up to one and have no corners; for streams.</summary>
    /// <param name="fading">What fades out, n samples.</param>
    /// <param name="rising">What fades in, n samples.</param>
    /// <param name="result">Room for n samples; may be either input.</param>
    public static void Smooth(ReadOnlySpan<float> fading, ReadOnlySpan<float> rising, Span<float> result)
    {
        Check(fading, rising, result);
        for (var i = 0; i < fading.Length; i++)
        {
            var s = MathF.Sin(MathF.PI / 2 * i / fading.Length);
            result[i] = fading[i] + ((rising[i] - fading[i]) * s * s);
        }
    }

    static void Check(ReadOnlySpan<float> fading, ReadOnlySpan<float> rising, Span<float> result)
    {
        if (fading.Length != rising.Length || result.Length < fading.Length)
            throw new ArgumentException($"Pieces of {fading.Length} and {rising.Length} samples cannot be joined in {result.Length}.");
    }
}
