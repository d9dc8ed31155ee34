namespace MultiModal.Voice.Pitch;

/// <summary>What WORLD's estimators share: lower sample rates, interpolation, rounding (M. Morise, WORLD; names as in MATLAB).</summary>
static class WorldSignal
{
    const int Extension = 9;

    /// <summary>Rounds half away from zero.</summary>
    internal static int Round(double x) => x > 0 ? (int)(x + 0.5) : (int)(x - 0.5);

    /// <summary>
    /// Keeps every r-th sample after a Chebyshev filter of third order (0.05 dB ripple, cut off at 0.8 of the new Nyquist frequency), run forwards and
    /// backwards so that nothing is delayed.
    /// </summary>
    internal static double[] Decimate(ReadOnlySpan<double> x, int r)
    {
        var extended = new double[x.Length + (2 * Extension)];
        for (var i = 0; i < Extension; i++)
        {
            extended[i] = (2 * x[0]) - x[Math.Min(Extension - i, x.Length - 1)];
            extended[Extension + x.Length + i] = (2 * x[^1]) - x[Math.Max(0, x.Length - 2 - i)];
        }

        x.CopyTo(extended.AsSpan(Extension));
        var (a1, a2, a3, b) = Chebyshev(r);
        for (var pass = 0; pass < 2; pass++)
        {
            Filter(extended, a1, a2, a3, b);
            Array.Reverse(extended);
        }

        var count = ((x.Length - 1) / r) + 1;
        var first = r - (r * count) + x.Length;
        var result = new List<double>(count + 1);
        for (var i = first; i < x.Length + Extension; i += r)
            result.Add(extended[i + Extension - 1]);
        return [.. result];
    }

    /// <summary>Linear interpolation at rising positions; beyond the ends the first and last line go on.</summary>
    /// <param name="x">Rising positions, at least 2.</param>
    /// <param name="y">The values there.</param>
    /// <param name="positions">Where to interpolate, rising.</param>
    /// <param name="result">The values found.</param>
    internal static void Interpolate(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> positions, Span<double> result)
    {
        var right = 1;
        for (var i = 0; i < positions.Length; i++)
        {
            while (right < x.Length - 1 && positions[i] >= x[right])
                right++;
            var t = (positions[i] - x[right - 1]) / (x[right] - x[right - 1]);
            result[i] = y[right - 1] + (t * (y[right] - y[right - 1]));
        }
    }

    static void Filter(Span<double> x, double a1, double a2, double a3, double b)
    {
        var (w1, w2, w3) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            var w = x[i] + (a1 * w1) + (a2 * w2) + (a3 * w3);
            x[i] = b * (w + (3 * w1) + (3 * w2) + w3);
            (w3, w2, w1) = (w2, w1, w);
        }
    }

    /// <summary>
    /// The filter's feedback and gain. The poles of the analogue Chebyshev filter lie on an ellipse; the bilinear transform takes them to z = (1 + p)/(1 - p).
    /// One is real, two are conjugate.
    /// </summary>
    static (double A1, double A2, double A3, double B) Chebyshev(int r)
    {
        var ripple = Math.Sqrt(Math.Pow(10, 0.05 / 10) - 1);
        var v = Math.Asinh(1 / ripple) / 3;
        var cutoff = Math.Tan(Math.PI * 0.8 / r / 2);
        var real = -Math.Sinh(v) * cutoff;
        var (re, im) = (real * Math.Sin(Math.PI / 6), Math.Cosh(v) * Math.Cos(Math.PI / 6) * cutoff);
        var norm = ((1 - re) * (1 - re)) + (im * im);
        var z = (1 + real) / (1 - real);
        var (zr, zz) = ((1 - (re * re) - (im * im)) / norm, (((1 + re) * (1 + re)) + (im * im)) / norm);
        var gain = -real * ((re * re) + (im * im)) / ((1 - real) * norm);
        return (z + (2 * zr), -((2 * zr * z) + zz), z * zz, gain);
    }
}
