namespace MultiModal.Diffusion.Schedulers;

/// <summary>Shares of image and noise for samplers that think in alphas.</summary>
static class AlphaMix
{
    public static Func<int, (float Signal, float Noise)> Of(NoiseTable table, float[] timesteps) => call =>
    {
        var a = table.AlphasCumprod[(int)timesteps[call]];
        return (MathF.Sqrt(a), MathF.Sqrt(1 - a));
    };

    /// <summary>The alpha a step arrives at; beyond the first timestep it is 1, or the first timestep's.</summary>
    public static float Previous(NoiseTable table, int timestep, bool one) =>
        timestep >= 0 ? table.AlphasCumprod[timestep] : one ? 1 : table.AlphasCumprod[0];
}
