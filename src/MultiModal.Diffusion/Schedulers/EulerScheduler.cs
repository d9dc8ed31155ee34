namespace MultiModal.Diffusion.Schedulers;

/// <summary>Euler steps over sigmas (Karras et al. 2022, algorithm 2 without the correction).</summary>
/// <param name="config">The configuration.</param>
public sealed class EulerScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: true);

    /// <inheritdoc/>
    public string Name => "EulerDiscreteScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var (spaced, sigmas) = SigmaPlan.Of(config, table, steps);
        var timesteps = SigmaMath.ToFloats(spaced);
        if (config.TimestepType == "continuous" && config.PredictionType == PredictionType.VPrediction)
        {
            for (var i = 0; i < steps; i++)
                timesteps[i] = 0.25f * MathF.Log(sigmas[i]);
        }

        return new(steps, timesteps, sigmas, SigmaPlan.InitialScale(config, sigmas[0]), SigmaPlan.Mix(sigmas), context => new Run(context, config.PredictionType));
    }

    internal sealed class Run(RunContext context, PredictionType prediction) : SigmaRun(context, prediction)
    {
        protected override float SigmaAt(int call) => Schedule.Sigmas[call];

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var sigma = Schedule.Sigmas[call];
            var next = Schedule.Sigmas[call + 1];
            var reached = sigma;
            if (Options.Churn > 0)
            {
                // Drawn at every step, used or not, so that one seed means one sequence.
                var noise = Draw();
                (reached, var added) = SigmaPlan.Churn(Options, sigma, Schedule.Steps);
                if (added > 0)
                    Latents.Add(x, added, noise);
            }

            Denoise(x, output, reached);

            // x + (x - image) / sigma * (next - sigma), gathered.
            var ratio = (next - reached) / reached;
            Latents.Mix(x, 1 + ratio, x, -ratio, Clean);
        }
    }
}
