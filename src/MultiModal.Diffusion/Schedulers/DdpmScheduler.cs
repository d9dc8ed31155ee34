namespace MultiModal.Diffusion.Schedulers;

/// <summary>Denoising diffusion probabilistic models (Ho et al. 2020, equations 6 and 7): the ancestral sampler of training's own chain.</summary>
public sealed class DdpmScheduler : IScheduler
{
    readonly SchedulerConfig config;
    readonly NoiseTable table;

    /// <summary>Makes the scheduler.</summary>
    /// <param name="config">The configuration.</param>
    /// <exception cref="NotSupportedException">The network is to predict the variance, which no Stable Diffusion model does.</exception>
    public DdpmScheduler(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.VarianceType is not (null or "fixed_small" or "fixed_small_log" or "fixed_large"))
            throw new NotSupportedException($"DDPM with the variance '{config.VarianceType}' is not supported; fixed_small, fixed_small_log and fixed_large are.");
        this.config = config;
        table = NoiseTable.Of(config, finiteEnd: false);
    }

    /// <inheritdoc/>
    public string Name => "DDPMScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var timesteps = SigmaMath.ToFloats(Spacing.Whole(config, steps));
        return new(steps, timesteps, [], 1, AlphaMix.Of(table, timesteps), context => new Run(context, config, table));
    }

    sealed class Run(RunContext context, SchedulerConfig config, NoiseTable table) : AlphaRun(context, config)
    {
        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var timestep = (int)Schedule.Timesteps[call];
            var a = table.AlphasCumprod[timestep];
            var aPrevious = AlphaMix.Previous(table, timestep - (Config.TrainTimesteps / Schedule.Steps), one: true);
            var (b, bPrevious) = (1 - a, 1 - aPrevious);
            var current = a / aPrevious;
            Denoise(x, output, MathF.Sqrt(a), MathF.Sqrt(b));
            var ofImage = MathF.Sqrt(aPrevious) * (1 - current) / b;
            var ofSample = MathF.Sqrt(current) * bPrevious / b;
            if (timestep == 0)
            {
                Latents.Mix(x, ofImage, Clean, ofSample, x);
                return;
            }

            var variance = Config.VarianceType == "fixed_large" ? 1 - current : Math.Max(bPrevious / b * (1 - current), 1e-20f);
            Latents.Mix(x, ofImage, Clean, ofSample, x, MathF.Sqrt(variance) * Options.NoiseScale, Draw());
        }
    }
}
