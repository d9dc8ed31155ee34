namespace MultiModal.Diffusion.Schedulers;

/// <summary>DEIS (Zhang and Chen 2022) with log-rho multistep: the noise as a polynomial in log(sigma), integrated exactly.</summary>
/// <param name="config">The configuration.</param>
public sealed class DeisScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: true);

    /// <inheritdoc/>
    public string Name => "DEISMultistepScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var (timesteps, sigmas) = SolverPlan.Of(config, table, steps);
        return new(steps, timesteps, sigmas, 1, SolverPlan.Mix(sigmas), context => new Run(context, config));
    }

    sealed class Run(RunContext context, SchedulerConfig config) : AlphaRun(context, config)
    {
        readonly History<float[]> outputs = History.OfBuffers(config.SolverOrder, context.Shape.Count);

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var sigmas = Schedule.Sigmas;
            var (alpha, sigma) = SolverPlan.Shares(sigmas[call]);
            Denoise(x, output, alpha, sigma);
            Latents.Mix(outputs.Push(), 1 / sigma, x, -alpha / sigma, Clean);
            var (alphaTo, _) = SolverPlan.Shares(sigmas[call + 1]);
            double to = sigmas[call + 1], s0 = sigmas[call];
            var order = Math.Min(outputs.Count, OrderAt(call));
            if (order == 1)
            {
                // sigma_to (exp(h) - 1), written so that it holds at sigma 0 as well.
                Latents.Mix(x, alphaTo / alpha, x, (float)(alphaTo * (to - s0)), outputs[0]);
                return;
            }

            double s1 = sigmas[call - 1];
            if (order == 2)
            {
                Latents.Mix(x, alphaTo / alpha, x, (float)(alphaTo * Integral(s0, to, s0, s1)), outputs[0], (float)(alphaTo * Integral(s0, to, s1, s0)), outputs[1]);
                return;
            }

            double s2 = sigmas[call - 2];
            Latents.Mix(x, alphaTo / alpha, x, (float)(alphaTo * Integral(s0, to, s0, s1, s2)), outputs[0], (float)(alphaTo * Integral(s0, to, s1, s2, s0)), outputs[1]);
            Latents.Add(x, (float)(alphaTo * Integral(s0, to, s2, s0, s1)), outputs[2]);
        }

        int OrderAt(int call)
        {
            var calls = Schedule.Calls;
            var brief = Config.LowerOrderFinal && calls < 15;
            if (call == calls - 1 && (brief || Config.FinalSigmasType == "zero"))
                return 1;
            return call == calls - 2 && brief ? Math.Min(2, Config.SolverOrder) : Config.SolverOrder;
        }

        /// <summary>The integral over sigma of the line in log(sigma) that is 1 at b and 0 at c.</summary>
        static double Integral(double from, double to, double b, double c)
        {
            return At(to) - At(from);

            double At(double t) => t * (Math.Log(t) - Math.Log(c) - 1) / (Math.Log(b) - Math.Log(c));
        }

        /// <summary>The integral over sigma of the parabola in log(sigma) that is 1 at b and 0 at c and d.</summary>
        static double Integral(double from, double to, double b, double c, double d)
        {
            var (logB, logC, logD) = (Math.Log(b), Math.Log(c), Math.Log(d));
            return (At(to) - At(from)) / ((logB - logC) * (logB - logD));

            double At(double t)
            {
                var log = Math.Log(t);
                return t * ((logC * (logD - log + 1)) - (logD * log) + logD + (log * log) - (2 * log) + 2);
            }
        }
    }
}
