namespace MultiModal.Diffusion.Schedulers;

/// <summary>Ways between timesteps and noise levels, with numpy's arithmetic (double over float32 tables).</summary>
static class SigmaMath
{
    /// <summary>The sigmas of timesteps, linear between the table's entries (numpy.interp).</summary>
    public static double[] AtTimesteps(ReadOnlySpan<float> table, ReadOnlySpan<double> timesteps)
    {
        var sigmas = new double[timesteps.Length];
        for (var i = 0; i < sigmas.Length; i++)
        {
            var t = Math.Clamp(timesteps[i], 0, table.Length - 1);
            var low = Math.Min((int)t, table.Length - 1);
            var high = Math.Min(low + 1, table.Length - 1);
            sigmas[i] = (((double)table[high] - table[low]) * (t - low)) + table[low];
        }

        return sigmas;
    }

    /// <summary>The timestep of a sigma: linear in log sigma between the table's entries.</summary>
    public static double ToTimestep(double sigma, ReadOnlySpan<float> logSigmas)
    {
        var logSigma = Math.Log(Math.Max(sigma, 1e-10));
        var low = 0;
        for (var step = logSigmas.Length; step > 0; step /= 2)
        {
            while (low + step < logSigmas.Length && logSigmas[low + step] <= logSigma)
                low += step;
        }

        low = Math.Min(low, logSigmas.Length - 2);
        var weight = Math.Clamp((logSigmas[low] - logSigma) / (logSigmas[low] - logSigmas[low + 1]), 0, 1);
        return ((1 - weight) * low) + (weight * (low + 1));
    }

    public static float[] Log(ReadOnlySpan<float> sigmas)
    {
        var logs = new float[sigmas.Length];
        for (var i = 0; i < logs.Length; i++)
            logs[i] = MathF.Log(sigmas[i]);
        return logs;
    }

    /// <summary>Karras et al. 2022, equation 5, with rho 7: evenly spaced in the seventh root, from largest to least.</summary>
    public static double[] Karras(double least, double largest, int count, double rho = 7)
    {
        var (from, to) = (Math.Pow(largest, 1 / rho), Math.Pow(least, 1 / rho));
        return Ramp(count, u => Math.Pow(from + (u * (to - from)), rho));
    }

    /// <summary>Evenly spaced in the logarithm, from largest to least.</summary>
    public static double[] Exponential(double least, double largest, int count)
    {
        var (from, to) = (Math.Log(largest), Math.Log(least));
        return Ramp(count, u => Math.Exp(from + (u * (to - from))));
    }

    /// <summary>Replaces sigmas where the configuration asks for a law of its own; the range is that of the sigmas given.</summary>
    /// <returns>Null when the configuration asks for none.</returns>
    public static double[]? Special(SchedulerConfig config, double least, double largest, int count)
    {
        var (low, high) = (config.SigmaMin ?? least, config.SigmaMax ?? largest);
        if (config.UseKarrasSigmas)
            return Karras(low, high, count);
        return config.UseExponentialSigmas ? Exponential(low, high, count) : null;
    }

    public static double[] ToTimesteps(double[] sigmas, ReadOnlySpan<float> logSigmas, bool rounded)
    {
        var timesteps = new double[sigmas.Length];
        for (var i = 0; i < timesteps.Length; i++)
        {
            var t = ToTimestep(sigmas[i], logSigmas);
            timesteps[i] = rounded ? Math.Round(t) : t;
        }

        return timesteps;
    }

    public static float[] ToFloats(ReadOnlySpan<double> values, params ReadOnlySpan<float> end)
    {
        var floats = new float[values.Length + end.Length];
        for (var i = 0; i < values.Length; i++)
            floats[i] = (float)values[i];
        end.CopyTo(floats.AsSpan(values.Length));
        return floats;
    }

    static double[] Ramp(int count, Func<double, double> law)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = law(count == 1 ? 0 : i == count - 1 ? 1 : i * (1.0 / (count - 1)));
        return values;
    }
}
