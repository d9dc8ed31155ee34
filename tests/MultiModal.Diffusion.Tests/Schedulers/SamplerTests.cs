using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Schedulers.KDiffusion;

namespace MultiModal.Diffusion.Tests.Schedulers;

public class SamplerTests
{
    [Theory]
    [InlineData(PredictionType.Epsilon)]
    [InlineData(PredictionType.VPrediction)]
    public void A_model_that_knows_the_picture_leads_every_sampler_to_it(PredictionType prediction)
    {
        foreach (var (name, scheduler, _) in Toy.All(prediction))
        {
            foreach (var steps in new[] { 4, 7, 20 })
            {
                var result = Toy.Run(scheduler, steps, (_, _) => 0.7, prediction);

                // Those that end at the first timestep rather than at 0 keep its noise: sigma 0.03; LCM mixes a little of the sample in.
                foreach (var value in result)
                    Assert.True(Math.Abs(value - 0.7) < 0.15, $"{name}, {steps} steps: {value}");
            }
        }
    }

    [Fact]
    public void Samplers_that_end_at_sigma_zero_end_at_the_picture_exactly()
    {
        foreach (var (name, scheduler, _) in Toy.All(PredictionType.Epsilon))
        {
            var schedule = scheduler.Plan(10);
            if (schedule.Sigmas.IsEmpty || schedule.Sigmas[^1] != 0)
                continue;
            foreach (var value in Toy.Run(scheduler, 10, (_, _) => 0.7, PredictionType.Epsilon))
                Assert.True(Math.Abs(value - 0.7) < 1e-4, $"{name}: {value}");
        }
    }

    /// <summary>Pictures whose pixels are normal have a linear denoiser, and the equation the samplers solve has a closed solution.</summary>
    [Theory]
    [InlineData("DDIMScheduler", 1.0, 1.0)]
    [InlineData("EulerDiscreteScheduler", 1.0, 1.0)]
    [InlineData("HeunDiscreteScheduler", 0.05, 1.7)]
    [InlineData("KDPM2DiscreteScheduler", 0.05, 1.7)]
    [InlineData("LMSDiscreteScheduler", 0.1, 1.5)]
    [InlineData("PNDMScheduler", 0.1, 1.5)]
    [InlineData("DPMSolverMultistepScheduler", 0.1, 1.5)]
    [InlineData("DPMSolverSinglestepScheduler", 0.1, 1.5)]
    [InlineData("UniPCMultistepScheduler", 0.05, 1.5)]
    [InlineData("DEISMultistepScheduler", 0.1, 1.5)]
    public void Deterministic_samplers_solve_the_equation_with_their_order(string name, double largest, double order)
    {
        const double Mean = 0.4, Deviation = 0.6;
        // DDIM and PNDM always go back by a whole stride, which only leading spacing is made of.
        var spacing = name is "DDIMScheduler" or "PNDMScheduler" ? TimestepSpacing.Leading : TimestepSpacing.Linspace;
        var scheduler = Scheduler.Of(Toy.Config(name) with { TimestepSpacing = spacing, FinalSigmasType = "sigma_min" });
        var errors = new[] { 40, 80, 160 }.Select(Error).ToArray();
        Assert.True(errors[2] < largest / 10, $"{name}: errors {string.Join(", ", errors)}");

        // Halving the step divides the error by 2^order, until float32 is all there is.
        Assert.True(errors[2] < 2e-5 || Math.Log2(errors[0] / errors[2]) / 2 > order * 0.8, $"{name}: errors {string.Join(", ", errors)}");

        double Error(int steps)
        {
            var schedule = scheduler.Plan(steps);
            var latents = new float[Toy.Shape.Count];
            new NormalNoise(1).Draw(latents, Toy.Shape);
            var (signal, noise) = schedule.MixAt(0);
            var first = latents.Select(v => (double)v * schedule.InitialNoiseScale / signal).ToArray();
            for (var i = 0; i < latents.Length; i++)
                latents[i] *= schedule.InitialNoiseScale;

            // The step to sigma 0 is of first order everywhere: stop before it.
            var toZero = !schedule.Sigmas.IsEmpty && schedule.Sigmas[^1] == 0;
            Toy.Finish(schedule.Start(Toy.Shape, new NormalNoise(2)), latents, Denoise, PredictionType.Epsilon, leaveOut: toZero ? 1 : 0);
            var (from, to) = ((double)noise / signal, toZero ? schedule.MixAt(schedule.Calls - 1).Noise : Scheduler.Of(Toy.Config("EulerDiscreteScheduler")).Plan(10).Sigmas[^2]);
            var scale = signal == 1 ? 1 : Math.Sqrt(1 + (to * to));
            var square = Deviation * Deviation;
            return Enumerable.Range(0, latents.Length).Max(i =>
                Math.Abs((latents[i] * scale) - (Mean + ((first[i] - Mean) * Math.Sqrt((square + (to * to)) / (square + (from * from)))))));
        }

        static double Denoise(double x, double sigma) => ((Deviation * Deviation * x) + (sigma * sigma * Mean)) / ((Deviation * Deviation) + (sigma * sigma));
    }

    [Fact]
    public void Stochastic_samplers_keep_the_variance_of_the_pictures()
    {
        const double Deviation = 0.5;
        var shape = new LatentShape(1, 1, 64, 64);
        foreach (var (name, scheduler, stochastic) in Toy.All(PredictionType.Epsilon))
        {
            if (!stochastic || name is "LCMScheduler" or "TCDScheduler")
                continue;
            var schedule = scheduler.Plan(100);
            var latents = new float[shape.Count];
            new NormalNoise(3).Draw(latents, shape);
            for (var i = 0; i < latents.Length; i++)
                latents[i] *= schedule.InitialNoiseScale;
            Toy.Finish(schedule.Start(shape, new NormalNoise(4)), latents, (x, s) => Deviation * Deviation * x / ((Deviation * Deviation) + (s * s)), PredictionType.Epsilon);
            var measured = Math.Sqrt(latents.Average(v => (double)v * v));
            Assert.True(Math.Abs(measured - Deviation) < 0.06, $"{name}: {measured} (seeds 3 and 4)");
        }
    }

    [Fact]
    public void Half_and_full_noise_begin_where_the_strength_says()
    {
        foreach (var (name, scheduler, _) in Toy.All(PredictionType.Epsilon))
        {
            var schedule = scheduler.Plan(10);
            Assert.Equal(schedule.Calls, schedule.FirstCallFor(0));
            Assert.Equal(0, schedule.FirstCallFor(1));
            Assert.Equal(5 * schedule.CallsPerStep, schedule.FirstCallFor(0.5f));

            var latents = Enumerable.Repeat(0.7f, Toy.Shape.Count).ToArray();
            var noise = new float[Toy.Shape.Count];
            new NormalNoise(9).Draw(noise, Toy.Shape);
            var first = schedule.FirstCallFor(0.5f);
            if (name == "PNDM with Runge-Kutta")
            {
                Assert.Throws<NotSupportedException>(() => schedule.Start(Toy.Shape, new NormalNoise(10), null, first));
                continue;
            }

            schedule.AddNoise(latents, noise, first);
            var run = schedule.Start(Toy.Shape, new NormalNoise(10), null, first);
            Assert.True(run.IsStepComplete, name);
            Toy.Finish(run, latents, (_, _) => 0.7, PredictionType.Epsilon);
            foreach (var value in latents)
                Assert.True(Math.Abs(value - 0.7) < 0.15, $"{name}: {value}");
        }
    }

    [Fact]
    public void Runs_of_one_schedule_do_not_disturb_each_other()
    {
        foreach (var (name, scheduler, _) in Toy.All(PredictionType.Epsilon))
        {
            var alone = Toy.Run(scheduler, 8, (x, s) => x / (1 + (s * s)), PredictionType.Epsilon);
            var together = new float[6][];
            Parallel.For(0, together.Length, i => together[i] = Toy.Run(scheduler, 8, (x, s) => x / (1 + (s * s)), PredictionType.Epsilon));
            foreach (var other in together)
                Assert.True(alone.AsSpan().SequenceEqual(other), name);
        }
    }

    [Fact]
    public void Steps_allocate_nothing_once_a_run_has_begun()
    {
        foreach (var (name, scheduler, _) in Toy.All(PredictionType.Epsilon))
        {
            var schedule = scheduler.Plan(20);
            var run = schedule.Start(Toy.Shape, new Silence());
            var latents = new float[Toy.Shape.Count];
            var output = new float[Toy.Shape.Count];
            for (var call = 0; call < 10; call++)
                run.Advance(latents, output);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 5; call++)
            {
                run.ScaleInput(latents, output);
                run.Advance(latents, output);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before == 0, $"{name} allocated {GC.GetAllocatedBytesForCurrentThread() - before} bytes.");
        }
    }

    [Fact]
    public void Call_counts_and_step_ends_are_those_of_the_originals()
    {
        foreach (var (name, scheduler, _) in Toy.All(PredictionType.Epsilon))
        {
            var schedule = scheduler.Plan(6);
            var two = schedule.CallsPerStep == 2;
            var expected = name switch { "PNDMScheduler" => 7, "PNDM with Runge-Kutta" => 15, _ => two ? 11 : 6 };
            Assert.True(expected == schedule.Calls, $"{name}: {schedule.Calls}");
            var run = schedule.Start(Toy.Shape, new Silence());
            var ends = 0;
            var latents = new float[Toy.Shape.Count];
            while (!run.IsDone)
            {
                run.Advance(latents, new float[Toy.Shape.Count]);
                ends += run.IsStepComplete ? 1 : 0;
            }

            Assert.Equal(two ? 6 : schedule.Calls, ends);
            Assert.Throws<InvalidOperationException>(() => run.Advance(latents, latents));
            Assert.Throws<InvalidOperationException>(() => run.Timestep);
        }
    }

    [Fact]
    public void Wrong_requests_are_refused()
    {
        var scheduler = Scheduler.Of(Toy.Config("DDIMScheduler"));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.Plan(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.Plan(1001));
        Assert.Throws<ArgumentOutOfRangeException>(() => Scheduler.Of(Toy.Config("LCMScheduler")).Plan(51));
        var schedule = scheduler.Plan(5);
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.Start(Toy.Shape, new Silence(), null, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.FirstCallFor(1.5f));
        Assert.Throws<ArgumentException>(() => schedule.Start(Toy.Shape, new Silence()).Advance(new float[3], new float[3]));
        Assert.Throws<NotSupportedException>(() => Scheduler.Of(Toy.Config("NoSuchScheduler")));
        Assert.Throws<NotSupportedException>(() => KDiffusionScheduler.Of(Toy.Config("EulerDiscreteScheduler"), "no such"));
        Assert.Throws<NotSupportedException>(() => Scheduler.Of(Toy.Config("DPMSolverMultistepScheduler") with { AlgorithmType = "dpmsolver" }));
        Assert.Throws<NotSupportedException>(() => Scheduler.Of(Toy.Config("DDPMScheduler") with { VarianceType = "learned_range" }));
    }

    sealed class Silence : INoiseSource
    {
        public void Draw(Span<float> noise, LatentShape shape) => noise.Clear();
    }
}
