namespace MultiModal.Diffusion.Schedulers.KDiffusion;

/// <summary>Quantiles of the beta distribution.</summary>
static class BetaDistribution
{
    /// <summary>The x at which the distribution function reaches a probability, by bisection.</summary>
    public static double Quantile(double probability, double a, double b)
    {
        if (probability is <= 0 or >= 1)
            return probability <= 0 ? 0 : 1;
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            if (Cumulative(middle, a, b) < probability)
                low = middle;
            else
                high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>The regularised incomplete beta function, by its continued fraction (Abramowitz and Stegun, 26.5.8).</summary>
    public static double Cumulative(double x, double a, double b)
    {
        if (x is <= 0 or >= 1)
            return x <= 0 ? 0 : 1;
        if (x > (a + 1) / (a + b + 2))
            return 1 - Cumulative(1 - x, b, a);
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x))) / a;
        var fraction = 1.0;
        for (var m = 200; m >= 1; m--)
        {
            var k = m / 2;
            var term = m % 2 == 0
                ? k * (b - k) * x / ((a + (2 * k) - 1) * (a + (2 * k)))
                : -(a + k) * (a + b + k) * x / ((a + (2 * k)) * (a + (2 * k) + 1));
            fraction = 1 + (term / fraction);
        }

        return front / fraction;
    }

    /// <summary>Stirling's series, after shifting the argument up to where it is exact.</summary>
    static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 10; x++)
            shift -= Math.Log(x);
        var inverse = 1 / (x * x);
        var series = ((1.0 / 12) - (inverse * ((1.0 / 360) - (inverse * ((1.0 / 1260) - (inverse / 1680)))))) / x;
        return shift + ((x - 0.5) * Math.Log(x)) - x + (Math.Log(2 * Math.PI) / 2) + series;
    }
}
