namespace MultiModal.Diffusion.Schedulers;

/// <summary>Timesteps and sigmas of the samplers over x = image + sigma * noise, as diffusers lays them out for Euler and its kin.</summary>
static class SigmaPlan
{
    /// <summary>A sigma for each step and a zero at the end; timesteps of special sigmas are rounded for DPM2 only.</summary>
    public static (double[] Timesteps, float[] Sigmas) Of(SchedulerConfig config, NoiseTable table, int steps, bool rounded = false)
    {
        var timesteps = Spacing.Fractional(config, steps);
        var sigmas = config.InterpolationType == "log_linear"
            ? SigmaMath.Exponential(table.Sigmas[0], table.Sigmas[^1], steps + 1)[..steps]
            : SigmaMath.AtTimesteps(table.Sigmas, timesteps);
        if (SigmaMath.Special(config, sigmas[^1], sigmas[0], steps) is { } special)
        {
            sigmas = special;
            timesteps = SigmaMath.ToTimesteps(sigmas, SigmaMath.Log(table.Sigmas), rounded);
        }

        return (timesteps, SigmaMath.ToFloats(sigmas, 0));
    }

    /// <summary>init_noise_sigma: the largest sigma, or what a sample of that level measures when the spacing does not reach the end.</summary>
    public static float InitialScale(SchedulerConfig config, float largest) =>
        config.TimestepSpacing == TimestepSpacing.Leading ? MathF.Sqrt((largest * largest) + 1) : largest;

    /// <summary>Latents are image + sigma * noise.</summary>
    public static Func<int, (float Signal, float Noise)> Mix(float[] sigmas) => call => (1, sigmas[call]);

    /// <summary>The noise that churn adds before a step (Karras et al. 2022, algorithm 2): the level reached, and the deviation of the addition.</summary>
    public static (float Sigma, float Added) Churn(SamplerOptions options, float sigma, int steps)
    {
        if (options.Churn <= 0 || sigma < options.ChurnFrom || sigma > options.ChurnTo)
            return (sigma, 0);
        var gamma = Math.Min(options.Churn / steps, MathF.Sqrt(2) - 1);
        var reached = sigma * (gamma + 1);
        return (reached, MathF.Sqrt((reached * reached) - (sigma * sigma)) * options.NoiseScale);
    }

    /// <summary>Splits a step into a deterministic part down to a level and noise added back: sigma_down and sigma_up.</summary>
    public static (float Down, float Up) Ancestral(float from, float to, float eta = 1)
    {
        if (eta == 0)
            return (to, 0);
        var up = Math.Min(to, eta * MathF.Sqrt(to * to * ((from * from) - (to * to)) / (from * from)));
        return (MathF.Sqrt((to * to) - (up * up)), up);
    }
}
