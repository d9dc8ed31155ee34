namespace MultiModal.Voice.Diffusion;

/// <summary>How much of a signal is left after each step of noise: x_t = alpha_t x_0 + sigma_t noise, alpha_t^2 + sigma_t^2 = 1.</summary>
sealed class DiffusionSchedule
{
    // Where the logarithm of alpha / sigma is below this, steps are left out by DPM-Solver's authors: their differences lose all digits.
    const double LeastLambda = -5.1;

    readonly double[] betas, logAlphas;

    /// <summary>Makes the schedule.</summary>
    /// <param name="betas">The share of noise each step adds.</param>
    public DiffusionSchedule(ReadOnlySpan<float> betas)
    {
        this.betas = new double[betas.Length];
        logAlphas = new double[betas.Length];
        var sum = 0.0;
        for (var t = 0; t < betas.Length; t++)
        {
            this.betas[t] = betas[t];
            logAlphas[t] = sum += 0.5 * Math.Log(1 - betas[t]);
        }
    }

    /// <summary>How many steps there are.</summary>
    public int Count => betas.Length;

    /// <summary>The original's schedule: evenly from 0.0001 to 0.02.</summary>
    public static DiffusionSchedule Linear(int count)
    {
        var betas = new float[count];
        for (var t = 0; t < count; t++) betas[t] = (float)(1e-4 + ((0.02 - 1e-4) * t / Math.Max(1, count - 1)));
        return new(betas);
    }

    /// <summary>The share of noise a step adds.</summary>
    public double Beta(int t) => betas[t];

    /// <summary>The product of 1 - beta up to a step: alpha^2.</summary>
    public double AlphaProduct(int t) => Math.Exp(2 * logAlphas[t]);

    /// <summary>The logarithm of alpha at a time between steps; the first step is at 0. Straight lines between the steps, and on beyond them.</summary>
    public double LogAlpha(double t)
    {
        if (Count == 1) return logAlphas[0];
        var left = Math.Clamp((int)Math.Floor(t), 0, Count - 2);
        return logAlphas[left] + ((t - left) * (logAlphas[left + 1] - logAlphas[left]));
    }

    /// <summary>Alpha, sigma and the logarithm of their quotient at a time between steps.</summary>
    public (double Alpha, double Sigma, double Lambda) At(double t)
    {
        var log = LogAlpha(t);
        var variance = 1 - Math.Exp(2 * log);
        return (Math.Exp(log), Math.Sqrt(variance), log - (0.5 * Math.Log(variance)));
    }

    /// <summary>Times from the last of some steps down to the first, evenly.</summary>
    /// <param name="steps">How many steps of the schedule are gone back.</param>
    /// <param name="count">In how many of a solver's.</param>
    /// <param name="clip">Whether times at which next to nothing is left of the signal are left out.</param>
    public double[] Times(int steps, int count, bool clip)
    {
        var last = steps;
        while (clip && last > 2 && At(last - 1).Lambda < LeastLambda) last--;
        var times = new double[count + 1];
        // A solver's time runs from 1 to 1 / last, and a step from 1 / last to 1 in equal parts, whatever was left out.
        for (var i = 0; i <= count; i++) times[i] = (last - 1) * (1 - (i / (double)count));
        return times;
    }
}
