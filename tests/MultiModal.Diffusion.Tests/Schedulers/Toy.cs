using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Schedulers.KDiffusion;

namespace MultiModal.Diffusion.Tests.Schedulers;

/// <summary>Runs of samplers on models whose answers are known in closed form.</summary>
static class Toy
{
    public static readonly LatentShape Shape = new(2, 1, 3, 5);

    /// <summary>Every scheduler there is, with Stable Diffusion's betas; the flag says whether it draws noise by default.</summary>
    public static IEnumerable<(string Name, IScheduler Scheduler, bool Stochastic)> All(PredictionType prediction)
    {
        foreach (var name in Scheduler.ClassNames)
            yield return (name, Scheduler.Of(Config(name, prediction)), name.Contains("Ancestral") || name is "DDPMScheduler" or "LCMScheduler" or "TCDScheduler");
        yield return ("DPM 3M", Scheduler.Of(Config("DPMSolverMultistepScheduler", prediction) with { SolverOrder = 3 }), false);
        yield return ("DPM 2M SDE", Scheduler.Of(Config("DPMSolverMultistepScheduler", prediction) with { AlgorithmType = "sde-dpmsolver++" }), true);
        yield return ("DPM 2M heun", Scheduler.Of(Config("DPMSolverMultistepScheduler", prediction) with { SolverType = "heun" }), false);
        yield return ("DPM 2M Karras", Scheduler.Of(Config("DPMSolverMultistepScheduler", prediction) with { UseKarrasSigmas = true }), false);
        yield return ("DPM 2S of order 3", Scheduler.Of(Config("DPMSolverSinglestepScheduler", prediction) with { SolverOrder = 3 }), false);
        yield return ("UniPC of order 3", Scheduler.Of(Config("UniPCMultistepScheduler", prediction) with { SolverOrder = 3 }), false);
        yield return ("DEIS of order 3", Scheduler.Of(Config("DEISMultistepScheduler", prediction) with { SolverOrder = 3 }), false);
        yield return ("PNDM with Runge-Kutta", Scheduler.Of(Config("PNDMScheduler", prediction) with { SkipPrkSteps = false }), false);
        foreach (var sampler in Enum.GetValues<KSampler>())
            yield return ($"k {sampler}", new KDiffusionScheduler(Config("EulerDiscreteScheduler", prediction), sampler, KSigmas.Karras), sampler.ToString().Contains("Ancestral") || sampler.ToString().Contains("Sde"));
    }

    public static SchedulerConfig Config(string name, PredictionType prediction = PredictionType.Epsilon) => SchedulerConfig.DefaultsOf(name) with
    {
        BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = "scaled_linear", PredictionType = prediction, ClipSample = false, SkipPrkSteps = true,
        SetAlphaToOne = false, StepsOffset = 1,
    };

    /// <summary>Runs a sampler on a model given as image(noisy image + sigma * noise, sigma), in double.</summary>
    public static float[] Run(IScheduler scheduler, int steps, Func<double, double, double> image, PredictionType prediction, INoiseSource? noise = null, SamplerOptions? options = null, int seed = 1)
    {
        var schedule = scheduler.Plan(steps);
        var random = new NormalNoise(seed);
        var latents = new float[Shape.Count];
        random.Draw(latents, Shape);
        for (var i = 0; i < latents.Length; i++)
            latents[i] *= schedule.InitialNoiseScale;
        var run = schedule.Start(Shape, noise ?? new NormalNoise(seed + 1000), options);
        Finish(run, latents, image, prediction);
        return latents;
    }

    public static void Finish(SamplerRun run, float[] latents, Func<double, double, double> image, PredictionType prediction, int leaveOut = 0)
    {
        var input = new float[latents.Length];
        var output = new float[latents.Length];
        while (run.Call < run.Schedule.Calls - leaveOut)
        {
            run.ScaleInput(latents, input);
            Answer(run, input, output, image, prediction);
            run.Advance(latents, output);
        }
    }

    /// <summary>What the model says about an input, whose variance is 1 whatever the sampler's own scale.</summary>
    public static void Answer(SamplerRun run, float[] input, float[] output, Func<double, double, double> image, PredictionType prediction)
    {
        var (signal, level) = run.Schedule.MixAt(run.Call);
        var sigma = (double)level / signal;
        var alpha = 1 / Math.Sqrt(1 + (sigma * sigma));
        for (var i = 0; i < input.Length; i++)
        {
            var x = input[i] / alpha;
            var clean = image(x, sigma);
            var eps = (x - clean) / sigma;
            output[i] = (float)(prediction switch
            {
                PredictionType.Epsilon => eps,
                PredictionType.VPrediction => (alpha * eps) - (alpha * sigma * clean),
                _ => clean,
            });
        }
    }
}

/// <summary>Normal numbers from .NET's generator: good enough where PyTorch's are not at issue.</summary>
sealed class NormalNoise(int seed) : INoiseSource
{
    readonly Random random = new(seed);

    public int Draws { get; private set; }

    public void Draw(Span<float> noise, LatentShape shape)
    {
        Draws++;
        foreach (ref var value in noise)
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}
