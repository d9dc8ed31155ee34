namespace MultiModal.Diffusion.Schedulers;

/// <summary>Denoising diffusion implicit models (Song et al. 2020, equation 12), deterministic for eta 0.</summary>
/// <param name="config">The configuration.</param>
public sealed class DdimScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: false);

    /// <inheritdoc/>
    public string Name => "DDIMScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var timesteps = SigmaMath.ToFloats(Spacing.Whole(config, steps));
        return new(steps, timesteps, [], 1, AlphaMix.Of(table, timesteps), context => new Run(context, config, table));
    }

    sealed class Run(RunContext context, SchedulerConfig config, NoiseTable table) : AlphaRun(context, config)
    {
        readonly float[] noise = new float[context.Shape.Count];

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var timestep = (int)Schedule.Timesteps[call];
            var previous = timestep - (Config.TrainTimesteps / Schedule.Steps);
            var a = table.AlphasCumprod[timestep];
            var aPrevious = AlphaMix.Previous(table, previous, Config.SetAlphaToOne);
            var (alpha, sigma) = (MathF.Sqrt(a), MathF.Sqrt(1 - a));
            Denoise(x, output, alpha, sigma);
            Noise(noise, x, output, alpha, sigma);

            // Equation 16: the standard deviation of the noise put back.
            var eta = Options.Eta ?? 0;
            var deviation = eta == 0 ? 0 : eta * MathF.Sqrt((1 - aPrevious) / (1 - a) * (1 - (a / aPrevious)));
            var direction = MathF.Sqrt(1 - aPrevious - (deviation * deviation));
            if (eta > 0)
                Latents.Mix(x, MathF.Sqrt(aPrevious), Clean, direction, noise, deviation * Options.NoiseScale, Draw());
            else
                Latents.Mix(x, MathF.Sqrt(aPrevious), Clean, direction, noise);
        }
    }
}
