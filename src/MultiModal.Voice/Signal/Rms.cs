namespace MultiModal.Voice.Signal;

/// <summary>The root mean square of a signal in overlapping frames: librosa's <c>feature.rms</c>, centred, in single precision.</summary>
static class Rms
{
    /// <summary>How many frames there are.</summary>
    internal static int FrameCount(int samples, int frameLength, int hop) => ((samples + (2 * (frameLength / 2)) - frameLength) / hop) + 1;

    /// <param name="samples">The signal.</param>
    /// <param name="frameLength">Samples in a frame.</param>
    /// <param name="hop">Samples from frame to frame.</param>
    internal static float[] Compute(ReadOnlySpan<float> samples, int frameLength, int hop)
    {
        if (samples.IsEmpty)
            return [];
        var result = new float[Math.Max(1, FrameCount(samples.Length, frameLength, hop))];
        var frame = new float[frameLength];
        for (var i = 0; i < result.Length; i++)
        {
            var start = ((long)i * hop) - (frameLength / 2);
            for (var j = 0; j < frameLength; j++)
            {
                var at = start + j;
                var x = at >= 0 && at < samples.Length ? samples[(int)at] : 0;
                frame[j] = x * x;
            }

            result[i] = MathF.Sqrt(PairwiseSum(frame) / frameLength);
        }

        return result;
    }

    /// <summary>NumPy's order of summation. Frames that differ by rounding only are told apart as there, and the slicer picks the quietest one.</summary>
    static float PairwiseSum(ReadOnlySpan<float> values)
    {
        if (values.Length > 128)
        {
            var middle = values.Length / 2;
            middle -= middle % 8;
            return PairwiseSum(values[..middle]) + PairwiseSum(values[middle..]);
        }

        if (values.Length < 8)
        {
            var sum = 0f;
            foreach (var value in values)
                sum += value;
            return sum;
        }

        Span<float> r = stackalloc float[8];
        values[..8].CopyTo(r);
        var i = 8;
        for (; i < values.Length - (values.Length % 8); i += 8)
        {
            for (var lane = 0; lane < 8; lane++)
                r[lane] += values[i + lane];
        }

        var total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
        for (; i < values.Length; i++)
            total += values[i];
        return total;
    }
}
