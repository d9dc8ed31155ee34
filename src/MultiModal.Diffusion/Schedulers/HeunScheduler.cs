namespace MultiModal.Diffusion.Schedulers;

/// <summary>Euler steps, each corrected by the slope at its end (Karras et al. 2022, algorithm 2): two model calls a step.</summary>
/// <param name="config">The configuration.</param>
public sealed class HeunScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: true);

    /// <inheritdoc/>
    public string Name => "HeunDiscreteScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var (spaced, each) = SigmaPlan.Of(config, table, steps);
        var sigmas = TwoCalls.Doubled(each, keepLast: true);
        var timesteps = TwoCalls.Doubled(SigmaMath.ToFloats(spaced), keepLast: false);
        return new(steps, timesteps, sigmas, SigmaPlan.InitialScale(config, sigmas[0]), SigmaPlan.Mix(sigmas), context => new Run(context, config), callsPerStep: 2);
    }

    internal sealed class Run(RunContext context, SchedulerConfig config) : SigmaRun(context, config.PredictionType)
    {
        readonly float[] start = new float[context.Shape.Count];
        readonly float[] slope = new float[context.Shape.Count];
        bool corrects;

        public override bool IsStepComplete => !corrects;

        protected override float SigmaAt(int call) => Schedule.Sigmas[call];

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var sigma = Schedule.Sigmas[call];
            Denoise(x, output, sigma);
            if (config.ClipSample)
                Latents.Clamp(Clean, config.ClipSampleRange);
            if (!corrects)
            {
                var dt = Schedule.Sigmas[call + 1] - sigma;
                x.CopyTo(start);
                Latents.Mix(slope, 1 / sigma, x, -1 / sigma, Clean);
                Latents.Add(x, dt, slope);
            }
            else
            {
                // The mean of the slopes at both ends.
                var dt = sigma - Schedule.Sigmas[call - 1];
                Latents.Mix(slope, 0.5f, slope, 0.5f / sigma, x, -0.5f / sigma, Clean);
                Latents.Mix(x, 1, start, dt, slope);
            }

            corrects = !corrects && call < Schedule.Calls - 1;
        }
    }
}
