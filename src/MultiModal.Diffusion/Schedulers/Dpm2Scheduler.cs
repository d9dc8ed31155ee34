namespace MultiModal.Diffusion.Schedulers;

/// <summary>DPM-Solver-2 over sigmas: each step takes the slope at its middle (in log sigma); two model calls a step.</summary>
/// <param name="config">The configuration.</param>
public sealed class Dpm2Scheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: true);

    /// <inheritdoc/>
    public string Name => "KDPM2DiscreteScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var (spaced, each) = SigmaPlan.Of(config, table, steps, rounded: true);
        var logs = SigmaMath.Log(table.Sigmas);
        var timesteps = new float[(2 * steps) - 1];
        var seen = new float[(2 * steps) - 1];
        for (var i = 0; i < steps; i++)
        {
            (timesteps[2 * i], seen[2 * i]) = ((float)spaced[i], each[i]);
            if (i == steps - 1)
                break;
            var middle = TwoCalls.Between(each[i + 1], each[i]);
            (timesteps[(2 * i) + 1], seen[(2 * i) + 1]) = ((float)SigmaMath.ToTimestep(middle, logs), middle);
        }

        // As diffusers lists them: each but the first twice, and the final zero once more.
        float[] sigmas = [.. TwoCalls.Doubled(each, keepLast: false), 0];
        return new(steps, timesteps, sigmas, SigmaPlan.InitialScale(config, sigmas[0]), SigmaPlan.Mix(seen), context => new Run(context, config.PredictionType, each, seen), callsPerStep: 2);
    }

    internal sealed class Run(RunContext context, PredictionType prediction, float[] each, float[] seen) : SigmaRun(context, prediction)
    {
        readonly float[] start = new float[context.Shape.Count];
        bool halfway;

        public override bool IsStepComplete => !halfway;

        protected override float SigmaAt(int call) => seen[call];

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var sigma = seen[call];
            Denoise(x, output, sigma);
            if (!halfway)
            {
                x.CopyTo(start);
                var to = call + 1 < seen.Length ? seen[call + 1] : 0;
                var ratio = (to - sigma) / sigma;
                Latents.Mix(x, 1 + ratio, x, -ratio, Clean);
            }
            else
            {
                // The whole step from its start, along the slope found in the middle.
                var dt = each[(call / 2) + 1] - each[call / 2];
                Latents.Mix(x, 1, start, dt / sigma, x, -dt / sigma, Clean);
            }

            halfway = !halfway && call < Schedule.Calls - 1;
        }
    }
}
