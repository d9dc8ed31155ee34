namespace MultiModal.Voice.Synthesis;

/// <summary>A low-pass filter: a sinc in a Kaiser window, its sum 1 (the alias-free activations of StyleGAN3 and BigVGAN).</summary>
static class KaiserSinc
{
    /// <summary>The filter that keeps the lower half of the band, with a transition of 0.6 of it.</summary>
    /// <param name="taps">Its length; even.</param>
    public static float[] HalfBand(int taps) => Design(0.25, 0.3, taps);

    static float[] Design(double cutoff, double halfWidth, int taps)
    {
        var half = taps / 2;
        // Kaiser's formulas for the attenuation a length reaches, and the window's parameter for that attenuation.
        var attenuation = (2.285 * (half - 1) * Math.PI * 4 * halfWidth) + 7.95;
        var beta = attenuation > 50 ? 0.1102 * (attenuation - 8.7)
            : attenuation >= 21 ? (0.5842 * Math.Pow(attenuation - 21, 0.4)) + (0.07886 * (attenuation - 21))
            : 0;
        var filter = new double[taps];
        for (var i = 0; i < taps; i++)
        {
            var position = (2.0 * i / (taps - 1)) - 1;
            var window = Bessel(beta * Math.Sqrt(Math.Max(0, 1 - (position * position)))) / Bessel(beta);
            var x = 2 * cutoff * (i - half + 0.5);
            filter[i] = 2 * cutoff * window * Math.Sin(Math.PI * x) / (Math.PI * x);
        }

        var sum = filter.Sum();
        return [.. filter.Select(f => (float)(f / sum))];
    }

    /// <summary>The modified Bessel function of the first kind and order 0, by its series.</summary>
    static double Bessel(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
