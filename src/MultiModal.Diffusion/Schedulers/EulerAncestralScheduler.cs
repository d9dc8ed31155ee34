namespace MultiModal.Diffusion.Schedulers;

/// <summary>Euler steps that go further down than the next sigma and add noise back up to it.</summary>
/// <param name="config">The configuration.</param>
public sealed class EulerAncestralScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: true);

    /// <inheritdoc/>
    public string Name => "EulerAncestralDiscreteScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var (timesteps, sigmas) = SigmaPlan.Of(config, table, steps);
        return new(steps, SigmaMath.ToFloats(timesteps), sigmas, SigmaPlan.InitialScale(config, sigmas[0]), SigmaPlan.Mix(sigmas), context => new Run(context, config.PredictionType));
    }

    sealed class Run(RunContext context, PredictionType prediction) : SigmaRun(context, prediction)
    {
        protected override float SigmaAt(int call) => Schedule.Sigmas[call];

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var sigma = Schedule.Sigmas[call];
            Denoise(x, output, sigma);
            var (down, up) = SigmaPlan.Ancestral(sigma, Schedule.Sigmas[call + 1], Options.Eta ?? 1);
            var ratio = (down - sigma) / sigma;

            // The last step draws too, though it adds nothing: the original does, and a seed's sequence depends on it.
            Latents.Mix(x, 1 + ratio, x, -ratio, Clean, up * Options.NoiseScale, Draw());
        }
    }
}
