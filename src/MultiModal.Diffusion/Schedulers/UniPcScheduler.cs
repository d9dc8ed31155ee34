namespace MultiModal.Diffusion.Schedulers;

/// <summary>UniPC (Zhao et al. 2023): a multistep predictor, and a corrector that uses the next output at no further model call.</summary>
/// <param name="config">The configuration.</param>
public sealed class UniPcScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: true);

    /// <inheritdoc/>
    public string Name => "UniPCMultistepScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var (timesteps, sigmas) = SolverPlan.Of(config, table, steps);
        return new(steps, timesteps, sigmas, 1, SolverPlan.Mix(sigmas), context => new Run(context, config));
    }

    sealed class Run(RunContext context, SchedulerConfig config) : AlphaRun(context, config)
    {
        readonly History<float[]> outputs = History.OfBuffers(config.SolverOrder, context.Shape.Count);
        readonly float[] current = new float[context.Shape.Count];
        readonly float[] last = new float[context.Shape.Count];
        readonly double[] ratios = new double[config.SolverOrder];
        readonly double[] weights = new double[config.SolverOrder];
        int lastOrder;

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var (alpha, sigma) = SolverPlan.Shares(Schedule.Sigmas[call]);
            Denoise(x, output, alpha, sigma);
            if (Config.PredictX0)
                Clean.CopyTo(current);
            else
                Noise(current, x, output, alpha, sigma);
            if (lastOrder > 0 && !Config.DisableCorrector.Contains(call - 1))
                Correct(call, x);
            current.AsSpan().CopyTo(outputs.Push());
            x.CopyTo(last);
            var most = Config.LowerOrderFinal ? Math.Min(Config.SolverOrder, Schedule.Calls - call) : Config.SolverOrder;
            lastOrder = Math.Min(most, outputs.Count);
            Predict(call, x, lastOrder);
        }

        /// <summary>UniP: from this sigma to the next, along the outputs so far.</summary>
        void Predict(int call, Span<float> x, int order)
        {
            var step = Base(call, call + 1);
            Latents.Mix(x, step.OfSample, x, step.OfOutput, outputs[0]);
            if (order == 1)
                return;
            Ratios(call, call + 1, order);

            // The paper's simplification for order 2, where the equation would give nearly the same.
            if (order == 2)
                weights[0] = 0.5;
            else
                Solve(step.H, order - 1);
            for (var k = 1; k < order; k++)
                AddSlope(x, step.OfSlopes * weights[k - 1] / ratios[k - 1], outputs[k], outputs[0]);
        }

        /// <summary>UniC: the last step once more, now that the output at its end is known.</summary>
        void Correct(int call, Span<float> x)
        {
            var step = Base(call - 1, call);
            Latents.Mix(x, step.OfSample, last, step.OfOutput, outputs[0]);
            Ratios(call - 1, call, lastOrder);
            if (lastOrder == 1)
                weights[0] = 0.5;
            else
                Solve(step.H, lastOrder);
            for (var k = 1; k < lastOrder; k++)
                AddSlope(x, step.OfSlopes * weights[k - 1] / ratios[k - 1], outputs[k], outputs[0]);
            AddSlope(x, step.OfSlopes * weights[lastOrder - 1], current, outputs[0]);
        }

        static void AddSlope(Span<float> x, double weight, float[] output, float[] newest) =>
            Latents.Mix(x, 1, x, (float)weight, output, -(float)weight, newest);

        (float OfSample, float OfOutput, float OfSlopes, double H) Base(int from, int to)
        {
            var (alphaFrom, sigmaFrom) = SolverPlan.Shares(Schedule.Sigmas[from]);
            var (alphaTo, sigmaTo) = SolverPlan.Shares(Schedule.Sigmas[to]);
            var h = (double)SolverPlan.Lambda(Schedule.Sigmas[to]) - SolverPlan.Lambda(Schedule.Sigmas[from]);
            var signed = Config.PredictX0 ? -h : h;
            var phi = Math.Exp(signed) - 1;
            var b = Config.SolverType == "bh1" ? signed : phi;
            return Config.PredictX0
                ? (sigmaTo / sigmaFrom, (float)(-alphaTo * phi), (float)(-alphaTo * b), signed)
                : (alphaTo / alphaFrom, (float)(-sigmaTo * phi), (float)(-sigmaTo * b), signed);
        }

        /// <summary>How far back the earlier outputs lie, in steps; and 1 for the output at the step's end.</summary>
        void Ratios(int from, int to, int order)
        {
            var start = SolverPlan.Lambda(Schedule.Sigmas[from]);
            var h = SolverPlan.Lambda(Schedule.Sigmas[to]) - start;
            for (var k = 1; k < order; k++)
                ratios[k - 1] = (SolverPlan.Lambda(Schedule.Sigmas[from - k]) - start) / h;
            ratios[order - 1] = 1;
        }

        /// <summary>Equation 8 of the paper: powers of the ratios times the weights are the moments b. Solved by elimination.</summary>
        void Solve(double h, int count)
        {
            Span<double> matrix = stackalloc double[count * count];
            var phi = Math.Exp(h) - 1;
            var b = Config.SolverType == "bh1" ? h : phi;
            var moment = (phi / h) - 1;
            var factorial = 1.0;
            for (var i = 0; i < count; i++)
            {
                for (var k = 0; k < count; k++)
                    matrix[(i * count) + k] = Math.Pow(ratios[k], i);
                weights[i] = moment * factorial / b;
                factorial *= i + 2;
                moment = (moment / h) - (1 / factorial);
            }

            LinearSystem.Solve(matrix, weights.AsSpan(0, count));
        }
    }
}
