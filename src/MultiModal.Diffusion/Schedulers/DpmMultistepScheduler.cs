namespace MultiModal.Diffusion.Schedulers;

/// <summary>DPM-Solver and DPM-Solver++ as multistep solvers of order 1 to 3, deterministic or stochastic (Lu et al. 2022): "DPM++ 2M", "3M" and "2M SDE".</summary>
public sealed class DpmMultistepScheduler : IScheduler
{
    readonly SchedulerConfig config;
    readonly NoiseTable table;

    /// <summary>Makes the scheduler.</summary>
    /// <param name="config">The configuration.</param>
    /// <exception cref="NotSupportedException">DPM-Solver on the noise cannot end at sigma 0, and has no stochastic form of order 3.</exception>
    public DpmMultistepScheduler(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!config.AlgorithmType.EndsWith("++", StringComparison.Ordinal) && config.FinalSigmasType == "zero")
            throw new NotSupportedException($"{config.AlgorithmType} cannot end at sigma 0; set final_sigmas_type to sigma_min or use dpmsolver++.");
        if (config.AlgorithmType.StartsWith("sde", StringComparison.Ordinal) && config.SolverOrder > 2)
            throw new NotSupportedException($"{config.AlgorithmType} exists up to order 2, not {config.SolverOrder}.");
        this.config = config;
        table = NoiseTable.Of(config, finiteEnd: true);
    }

    /// <inheritdoc/>
    public string Name => "DPMSolverMultistepScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var (timesteps, sigmas) = SolverPlan.Of(config, table, steps);
        return new(steps, timesteps, sigmas, 1, SolverPlan.Mix(sigmas), context => new Run(context, config));
    }

    sealed class Run(RunContext context, SchedulerConfig config) : AlphaRun(context, config)
    {
        readonly History<float[]> outputs = History.OfBuffers(config.SolverOrder, context.Shape.Count);
        readonly bool stochastic = config.AlgorithmType.StartsWith("sde", StringComparison.Ordinal);
        readonly bool onImage = config.AlgorithmType.EndsWith("++", StringComparison.Ordinal);

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var sigmas = Schedule.Sigmas;
            var (alpha, sigma) = SolverPlan.Shares(sigmas[call]);
            Denoise(x, output, alpha, sigma);
            var held = outputs.Push();
            if (onImage)
                Clean.CopyTo(held);
            else if (Config.Thresholding)
                Latents.Mix(held, 1 / sigma, x, -alpha / sigma, Clean);
            else
                Noise(held, x, output, alpha, sigma);

            var step = DpmStep.Of(sigmas[call], sigmas[call + 1], onImage, stochastic);
            switch (Math.Min(outputs.Count, OrderAt(call)))
            {
                case 1:
                    Latents.Mix(x, step.OfSample, x, step.OfOutput, outputs[0]);
                    break;
                case 2:
                    var r = (SolverPlan.Lambda(sigmas[call]) - SolverPlan.Lambda(sigmas[call - 1])) / step.H;
                    var slope = (Config.SolverType == "heun" ? step.Second : 0.5f * step.OfOutput) / r;
                    Latents.Mix(x, step.OfSample, x, step.OfOutput + slope, outputs[0], -slope, outputs[1]);
                    break;
                default:
                    Third(call, x, step);
                    break;
            }

            if (stochastic)
                Latents.Add(x, step.OfNoise * Options.NoiseScale, Draw());
        }

        void Third(int call, Span<float> x, DpmStep step)
        {
            var sigmas = Schedule.Sigmas;
            var (l0, l1, l2) = (SolverPlan.Lambda(sigmas[call]), SolverPlan.Lambda(sigmas[call - 1]), SolverPlan.Lambda(sigmas[call - 2]));
            var (r0, r1) = ((l0 - l1) / step.H, (l1 - l2) / step.H);

            // D1 = d0 + r0 / (r0 + r1) (d0 - d1) and D2 = (d0 - d1) / (r0 + r1), with d0 = (m0 - m1) / r0 and d1 = (m1 - m2) / r1.
            var ofFirst = (step.Second * (1 + (r0 / (r0 + r1)))) + (step.Third / (r0 + r1));
            var ofSecond = -(step.Second * r0 / (r0 + r1)) - (step.Third / (r0 + r1));
            Latents.Mix(
                x,
                step.OfSample, x,
                step.OfOutput + (ofFirst / r0), outputs[0],
                (ofSecond / r1) - (ofFirst / r0), outputs[1]);
            Latents.Add(x, -ofSecond / r1, outputs[2]);
        }

        /// <summary>The order a step may have: the last ones of short runs, and the one to sigma 0, are kept low for stability.</summary>
        int OrderAt(int call)
        {
            var calls = Schedule.Calls;
            var brief = Config.LowerOrderFinal && calls < 15;
            if (call == calls - 1 && (Config.EulerAtFinal || brief || Config.FinalSigmasType == "zero"))
                return 1;
            return call == calls - 2 && brief ? Math.Min(2, Config.SolverOrder) : Config.SolverOrder;
        }
    }
}
