namespace MultiModal.Diffusion.Schedulers;

/// <summary>DPM-Solver and DPM-Solver++ as singlestep solvers: orders 1, 2 (and 3) in turn, each group of steps from one start ("DPM++ 2S").</summary>
public sealed class DpmSinglestepScheduler : IScheduler
{
    readonly SchedulerConfig config;
    readonly NoiseTable table;

    /// <summary>Makes the scheduler.</summary>
    /// <param name="config">The configuration.</param>
    /// <exception cref="NotSupportedException">The algorithm is stochastic, or DPM-Solver on the noise is to end at sigma 0.</exception>
    public DpmSinglestepScheduler(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.AlgorithmType is not ("dpmsolver" or "dpmsolver++"))
            throw new NotSupportedException($"The singlestep solver exists as dpmsolver and dpmsolver++, not {config.AlgorithmType}.");
        if (config is { AlgorithmType: "dpmsolver", FinalSigmasType: "zero" })
            throw new NotSupportedException("dpmsolver cannot end at sigma 0; set final_sigmas_type to sigma_min or use dpmsolver++.");
        this.config = config;
        table = NoiseTable.Of(config, finiteEnd: true);
    }

    /// <inheritdoc/>
    public string Name => "DPMSolverSinglestepScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        // This class has no spacing of its own, whatever a model's file says for another.
        var (timesteps, sigmas) = SolverPlan.Of(config with { TimestepSpacing = TimestepSpacing.Linspace }, table, steps);
        return new(steps, timesteps, sigmas, 1, SolverPlan.Mix(sigmas), context => new Run(context, config, Orders(config, steps)));
    }

    /// <summary>The order of each step: groups of 1, 2, 3, and low ones at the end where they do not come out even or sigma ends at 0.</summary>
    internal static int[] Orders(SchedulerConfig config, int steps)
    {
        var order = config.SolverOrder;
        var orders = new int[steps];
        for (var i = 0; i < steps; i++)
            orders[i] = (i % order) + 1;
        if (config.LowerOrderFinal || steps % order != 0 || config.FinalSigmasType == "zero")
        {
            if (steps % order == 0 || config.FinalSigmasType == "zero")
                orders[^1] = 1;
        }

        return orders;
    }

    sealed class Run(RunContext context, SchedulerConfig config, int[] orders) : AlphaRun(context, config)
    {
        readonly History<float[]> outputs = History.OfBuffers(config.SolverOrder, context.Shape.Count);
        readonly float[] start = new float[context.Shape.Count];
        readonly bool onImage = config.AlgorithmType == "dpmsolver++";

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var sigmas = Schedule.Sigmas;
            var (alpha, sigma) = SolverPlan.Shares(sigmas[call]);
            Denoise(x, output, alpha, sigma);
            var held = outputs.Push();
            if (onImage)
                Clean.CopyTo(held);
            else
                Noise(held, x, output, alpha, sigma);

            // A run that begins in the middle of a group has nothing to look back at.
            var order = Math.Min(orders[call], outputs.Count);
            if (order == 1)
                x.CopyTo(start);
            var back = call - order + 1;
            var step = DpmStep.Of(sigmas[back], sigmas[call + 1], onImage, stochastic: false);
            var first = SolverPlan.Lambda(sigmas[back]);
            switch (order)
            {
                case 1:
                    Latents.Mix(x, step.OfSample, start, step.OfOutput, outputs[0]);
                    break;
                case 2:
                    var r = (SolverPlan.Lambda(sigmas[call]) - first) / step.H;
                    var slope = (Config.SolverType == "heun" ? step.Second : 0.5f * step.OfOutput) / r;
                    Latents.Mix(x, step.OfSample, start, slope, outputs[0], step.OfOutput - slope, outputs[1]);
                    break;
                default:
                    // Slopes from the group's start: d0 to its middle point, d1 to its last one.
                    var r0 = (SolverPlan.Lambda(sigmas[call]) - first) / step.H;
                    var r1 = (SolverPlan.Lambda(sigmas[call - 1]) - first) / step.H;
                    var (ofD0, ofD1) = Config.SolverType == "heun"
                        ? (((step.Second * r0) - (2 * step.Third)) / (r0 - r1), ((2 * step.Third) - (step.Second * r1)) / (r0 - r1))
                        : (0, step.Second);
                    Latents.Mix(x, step.OfSample, start, ofD1 / r0, outputs[0], ofD0 / r1, outputs[1]);
                    Latents.Add(x, step.OfOutput - (ofD1 / r0) - (ofD0 / r1), outputs[2]);
                    break;
            }
        }
    }
}
