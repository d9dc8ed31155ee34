namespace MultiModal.Voice.Pitch;

/// <summary>The last step of Harvest: a Butterworth filter of second order at 30 Hz (0.06 of the Nyquist frequency), run forwards and backwards over each stretch.</summary>
static class HarvestSmoothing
{
    /// <summary>Frames for which the ends of a stretch are held: the filter forgets its beginning to the last bit in as many.</summary>
    const int Lag = 300;

    internal static double[] Smooth(double[] hertz)
    {
        var k = Math.Tan(Math.PI * 0.06 / 2);
        var norm = 1 + (Math.Sqrt(2) * k) + (k * k);
        var (b, a1, a2) = (k * k / norm, 2 * (1 - (k * k)) / norm, -(1 - (Math.Sqrt(2) * k) + (k * k)) / norm);

        // In the padded contour no stretch touches the ends, so that the first and last frame may be voiced.
        var padded = new double[hertz.Length + 2];
        hertz.CopyTo(padded, 1);
        var result = new double[hertz.Length];
        foreach (var (start, end) in HarvestStretch.Bounds(padded))
        {
            var (first, length) = (start - 1, end - start + 1);
            var x = new double[length + (2 * Lag)];
            x.AsSpan(0, Lag).Fill(hertz[first]);
            hertz.AsSpan(first, length).CopyTo(x.AsSpan(Lag));
            x.AsSpan(Lag + length).Fill(hertz[first + length - 1]);
            for (var pass = 0; pass < 2; pass++)
            {
                var (w1, w2) = (0.0, 0.0);
                for (var i = 0; i < x.Length; i++)
                {
                    var w = x[i] + (a1 * w1) + (a2 * w2);
                    x[i] = b * (w + (2 * w1) + w2);
                    (w2, w1) = (w1, w);
                }

                Array.Reverse(x);
            }

            x.AsSpan(Lag, length).CopyTo(result.AsSpan(first));
        }

        return result;
    }
}
