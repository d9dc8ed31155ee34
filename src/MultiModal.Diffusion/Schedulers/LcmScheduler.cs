namespace MultiModal.Diffusion.Schedulers;

/// <summary>Latent consistency models (Luo et al. 2023, algorithm 3): each step predicts the image and noises it to the next level.</summary>
/// <param name="config">The configuration.</param>
public sealed class LcmScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: false);

    /// <inheritdoc/>
    public string Name => "LCMScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var timesteps = DistilledPlan.Timesteps(config, steps);
        return new(steps, timesteps, [], 1, AlphaMix.Of(table, timesteps), context => new Run(context, config, table));
    }

    sealed class Run(RunContext context, SchedulerConfig config, NoiseTable table) : AlphaRun(context, config)
    {
        // The standard deviation the boundary condition assumes of the data (Song et al. 2023, appendix C).
        const double SigmaData = 0.5;

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var timestep = (int)Schedule.Timesteps[call];
            var a = table.AlphasCumprod[timestep];
            Denoise(x, output, MathF.Sqrt(a), MathF.Sqrt(1 - a));
            var scaled = timestep * Config.TimestepScaling;
            var square = (scaled * scaled) + (SigmaData * SigmaData);
            Latents.Mix(Clean, (float)(scaled / Math.Sqrt(square)), Clean, (float)(SigmaData * SigmaData / square), x);
            if (call == Schedule.Calls - 1)
            {
                Clean.CopyTo(x);
                return;
            }

            var next = table.AlphasCumprod[(int)Schedule.Timesteps[call + 1]];
            Latents.Mix(x, MathF.Sqrt(next), Clean, MathF.Sqrt(1 - next) * Options.NoiseScale, Draw());
        }
    }
}
