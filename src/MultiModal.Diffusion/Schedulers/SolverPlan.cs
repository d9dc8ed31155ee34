namespace MultiModal.Diffusion.Schedulers;

/// <summary>Timesteps and sigmas of DPM-Solver, DEIS and UniPC, and the half log-SNR lambda they step in (Lu et al. 2022).</summary>
static class SolverPlan
{
    public static (float[] Timesteps, float[] Sigmas) Of(SchedulerConfig config, NoiseTable table, int steps)
    {
        var last = table.Length - Clipped(config, table);
        var timesteps = Spacing.Solver(config, steps, last);
        var logs = SigmaMath.Log(table.Sigmas);
        var (least, largest) = (table.Sigmas[0], table.Sigmas[^1]);
        double[] sigmas;
        if (SigmaMath.Special(config, least, largest, steps) is { } special)
        {
            sigmas = special;
            timesteps = SigmaMath.ToTimesteps(sigmas, logs, rounded: true);
        }
        else if (config.UseLuLambdas)
        {
            sigmas = SigmaMath.Exponential(least, largest, steps);
            timesteps = SigmaMath.ToTimesteps(sigmas, logs, rounded: true);
        }
        else
        {
            sigmas = SigmaMath.AtTimesteps(table.Sigmas, timesteps);
        }

        return (SigmaMath.ToFloats(timesteps), SigmaMath.ToFloats(sigmas, config.FinalSigmasType == "zero" ? 0 : least));
    }

    /// <summary>Shares of image and noise at a sigma.</summary>
    public static (float Alpha, float Sigma) Shares(float sigma)
    {
        var alpha = 1 / MathF.Sqrt((sigma * sigma) + 1);
        return (alpha, sigma * alpha);
    }

    /// <summary>lambda = log(alpha / sigma); infinite at sigma 0.</summary>
    public static float Lambda(float sigma)
    {
        var (alpha, noise) = Shares(sigma);
        return MathF.Log(alpha) - MathF.Log(noise);
    }

    public static Func<int, (float Signal, float Noise)> Mix(float[] sigmas) => call => Shares(sigmas[call]);

    /// <summary>How many of the noisiest timesteps have a log-SNR below the limit.</summary>
    static int Clipped(SchedulerConfig config, NoiseTable table)
    {
        var count = 0;
        while (count < table.Length - 2 && Lambda(table.Sigmas[table.Length - 1 - count]) < config.LambdaMinClipped)
            count++;
        return count;
    }
}
