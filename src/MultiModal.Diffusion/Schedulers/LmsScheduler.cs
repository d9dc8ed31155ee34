namespace MultiModal.Diffusion.Schedulers;

/// <summary>Linear multistep of order 4 over sigmas: the slope is a polynomial through the last four, integrated exactly.</summary>
/// <param name="config">The configuration.</param>
public sealed class LmsScheduler(SchedulerConfig config) : IScheduler
{
    readonly NoiseTable table = NoiseTable.Of(config, finiteEnd: true);

    /// <inheritdoc/>
    public string Name => "LMSDiscreteScheduler";

    /// <inheritdoc/>
    public Schedule Plan(int steps)
    {
        var (timesteps, sigmas) = SigmaPlan.Of(config, table, steps);
        return new(steps, SigmaMath.ToFloats(timesteps), sigmas, SigmaPlan.InitialScale(config, sigmas[0]), SigmaPlan.Mix(sigmas), context => new Run(context, config.PredictionType));
    }

    internal sealed class Run(RunContext context, PredictionType prediction) : SigmaRun(context, prediction)
    {
        const int Order = 4;
        readonly History<float[]> slopes = History.OfBuffers(Order, context.Shape.Count);

        protected override float SigmaAt(int call) => Schedule.Sigmas[call];

        private protected override void Step(int call, Span<float> x, ReadOnlySpan<float> output)
        {
            var sigma = Schedule.Sigmas[call];
            Denoise(x, output, sigma);
            Latents.Mix(slopes.Push(), 1 / sigma, x, -1 / sigma, Clean);
            for (var age = 0; age < slopes.Count; age++)
                Latents.Add(x, (float)Coefficient(Schedule.Sigmas, call, age, slopes.Count), slopes[age]);
        }
    }

    /// <summary>The integral, from sigma to the next one, of the Lagrange polynomial that is 1 at one of the past sigmas and 0 at the others.</summary>
    internal static double Coefficient(ReadOnlySpan<float> sigmas, int step, int age, int order)
    {
        // Two-point Gauss quadrature is exact for the cubic it meets here.
        var (from, to) = ((double)sigmas[step], (double)sigmas[step + 1]);
        var (middle, half) = ((from + to) / 2, (to - from) / 2);
        var root = half / Math.Sqrt(3);
        return half * (Lagrange(sigmas, middle - root) + Lagrange(sigmas, middle + root));

        double Lagrange(ReadOnlySpan<float> sigmas, double at)
        {
            var product = 1.0;
            for (var k = 0; k < order; k++)
            {
                if (k != age)
                    product *= (at - sigmas[step - k]) / ((double)sigmas[step - age] - sigmas[step - k]);
            }

            return product;
        }
    }
}
