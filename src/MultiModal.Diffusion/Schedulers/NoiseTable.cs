namespace MultiModal.Diffusion.Schedulers;

/// <summary>The noise of each training timestep, in the precision PyTorch computes it: float32 tables, products accumulated in double.</summary>
sealed class NoiseTable
{
    readonly float[] alphasCumprod;
    readonly float[] sigmas;

    NoiseTable(float[] alphasCumprod)
    {
        this.alphasCumprod = alphasCumprod;
        sigmas = new float[alphasCumprod.Length];
        for (var t = 0; t < sigmas.Length; t++)
            sigmas[t] = MathF.Sqrt((1 - alphasCumprod[t]) / alphasCumprod[t]);
    }

    public int Length => sigmas.Length;

    /// <summary>The share of the image's variance at each timestep; falls from nearly 1 to nearly 0.</summary>
    public ReadOnlySpan<float> AlphasCumprod => alphasCumprod;

    /// <summary>sqrt((1 - a) / a): the noise level in units of the image.</summary>
    public ReadOnlySpan<float> Sigmas => sigmas;

    /// <param name="config">Its betas.</param>
    /// <param name="finiteEnd">Whether zero terminal SNR stops just short of it, since sigma would be infinite.</param>
    public static NoiseTable Of(SchedulerConfig config, bool finiteEnd)
    {
        var betas = Betas(config);
        if (config.RescaleBetasZeroSnr)
            RescaleToZeroSnr(betas);
        var alphas = CumulativeProduct(betas);
        if (config.RescaleBetasZeroSnr && finiteEnd)
            alphas[^1] = MathF.ScaleB(1, -24);
        return new(alphas);
    }

    static float[] Betas(SchedulerConfig config)
    {
        var count = config.TrainTimesteps;
        if (config.TrainedBetas is { } trained)
            return trained.Count == count ? [.. trained.Select(b => (float)b)] : throw new ArgumentException($"{trained.Count} trained betas do not fit {count} timesteps.", nameof(config));
        switch (config.BetaSchedule)
        {
            case "linear":
                return Linspace((float)config.BetaStart, (float)config.BetaEnd, count);
            case "scaled_linear":
                return Array.ConvertAll(Linspace((float)Math.Sqrt(config.BetaStart), (float)Math.Sqrt(config.BetaEnd), count), b => b * b);
            case "sigmoid":
                return Array.ConvertAll(Linspace(-6, 6, count), x => (1 / (1 + MathF.Exp(-x)) * (float)(config.BetaEnd - config.BetaStart)) + (float)config.BetaStart);
            case "squaredcos_cap_v2":
                return FromAlphaBar(count, t => Math.Pow(Math.Cos((t + 0.008) / 1.008 * Math.PI / 2), 2));
            case "exp":
                return FromAlphaBar(count, t => Math.Exp(t * -12));
            default:
                throw new ArgumentException($"The beta schedule '{config.BetaSchedule}' is not known.", nameof(config));
        }
    }

    static float[] FromAlphaBar(int count, Func<double, double> alphaBar)
    {
        var betas = new float[count];
        for (var i = 0; i < count; i++)
            betas[i] = (float)Math.Min(1 - (alphaBar((i + 1) / (double)count) / alphaBar(i / (double)count)), 0.999);
        return betas;
    }

    /// <summary>torch.linspace in float32: from the start in the first half, from the end in the second.</summary>
    internal static float[] Linspace(float start, float end, int count)
    {
        var values = new float[count];
        if (count == 1)
        {
            values[0] = start;
            return values;
        }

        var step = (end - start) / (count - 1);
        for (var i = 0; i < count; i++)
            values[i] = i < count / 2 ? start + (step * i) : end - (step * (count - i - 1));
        return values;
    }

    static float[] CumulativeProduct(float[] betas)
    {
        var product = 1.0;
        var result = new float[betas.Length];
        for (var t = 0; t < betas.Length; t++)
            result[t] = (float)(product *= 1 - betas[t]);
        return result;
    }

    /// <summary>Shifts and scales sqrt(a) so that the last is 0 and the first stays (Lin et al. 2023, algorithm 1).</summary>
    static void RescaleToZeroSnr(float[] betas)
    {
        var roots = Array.ConvertAll(CumulativeProduct(betas), MathF.Sqrt);
        var (first, last) = (roots[0], roots[^1]);
        var scale = first / (first - last);
        var previous = 1f;
        for (var t = 0; t < betas.Length; t++)
        {
            var root = (roots[t] - last) * scale;
            var alphaBar = root * root;
            betas[t] = 1 - (t == 0 ? alphaBar : alphaBar / previous);
            previous = alphaBar;
        }
    }
}
