namespace MultiModal.Diffusion.Schedulers;

/// <summary>Trajectory consistency distillation (Zheng et al. 2024, algorithm 4): each step goes below the next level and noises back up; eta 0.3 by default.</summary>
/// <param name="config">The configuration.</param>
public sealed class TcdScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: false);

    /// <inheritdoc/>
    public string Name => "TCDScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var timesteps = DistilledPlan.Timesteps(config, steps);
        return new(steps, timesteps, [], 1, AlphaMix.Of(table, timesteps), context => new Run(context, config, table));
    }

    sealed class Run(RunContext context, SchedulerConfig config, NoiseTable table) : AlphaRun(context, config)
    {
        const float DefaultEta = 0.3f;
        readonly float[] noise = new float[context.Shape.Count];

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var eta = Math.Clamp(Options.Eta ?? DefaultEta, 0, 1);
            var last = call == Schedule.Calls - 1;
            var a = table.AlphasCumprod[(int)Schedule.Timesteps[call]];
            var previous = last ? 0 : (int)Schedule.Timesteps[call + 1];
            var below = table.AlphasCumprod[(int)MathF.Floor((1 - eta) * previous)];
            var (alpha, sigma) = (MathF.Sqrt(a), MathF.Sqrt(1 - a));
            Denoise(x, output, alpha, sigma);
            Noise(noise, x, output, alpha, sigma);
            var (ofImage, ofNoise) = (MathF.Sqrt(below), MathF.Sqrt(1 - below));
            if (last || eta == 0)
            {
                Latents.Mix(x, ofImage, Clean, ofNoise, noise);
                return;
            }

            var ratio = table.AlphasCumprod[previous] / below;
            var root = MathF.Sqrt(ratio);
            Latents.Mix(x, root * ofImage, Clean, root * ofNoise, noise, MathF.Sqrt(1 - ratio) * Options.NoiseScale, Draw());
        }
    }
}
