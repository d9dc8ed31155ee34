using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Schedulers.KDiffusion;

namespace MultiModal.Diffusion.Tests.Schedulers;

public class ScheduleTableTests
{
    [Fact]
    public void Karras_sigmas_are_the_published_ones() => Equal(
        [14.6146f, 11.7254f, 9.3402f, 7.3836f, 5.7894f, 4.4998f, 3.4648f, 2.6408f, 1.9909f, 1.4832f, 1.0908f, .7909f, .5647f, .3964f, .2730f, .1842f, .1213f, .0779f, .0485f, .0292f, 0],
        K(KSigmas.Karras, 20));

    [Fact]
    public void Uniform_sigmas_are_the_published_ones() => Equal(
        [14.6146f, 10.7468f, 8.0815f, 6.2049f, 4.8557f, 3.8654f, 3.1238f, 2.5572f, 2.1157f, 1.7648f, 1.4806f, 1.2458f, 1.0481f, .8784f, .7297f, .5964f, .4736f, .3555f, .2322f, .0292f, 0],
        K(KSigmas.Uniform, 20));

    [Fact]
    public void Aligned_steps_pass_through_the_published_table() => Equal(
        [14.615f, 6.475f, 3.861f, 2.697f, 1.886f, 1.396f, .963f, .652f, .399f, .152f, .029f, 0],
        K(KSigmas.AlignYourSteps, 11));

    [Fact]
    public void Every_spacing_falls_from_the_largest_sigma_to_zero()
    {
        foreach (var law in Enum.GetValues<KSigmas>())
        {
            foreach (var steps in new[] { 1, 2, 9, 50 })
            {
                var sigmas = K(law, steps);
                Assert.Equal(steps + 1, sigmas.Length);
                Assert.InRange(sigmas[0], 14.61f, 14.62f);
                Assert.Equal(0, sigmas[^1]);
                for (var i = 0; i < steps; i++)
                    Assert.True(sigmas[i] > sigmas[i + 1], $"{law}, {steps} steps: {sigmas[i]}, {sigmas[i + 1]}");
            }
        }
    }

    [Fact]
    public void DPM_solver_rounds_timesteps_as_numpy_does() => Equal(
        [999, 949, 899, 849, 799, 749, 699, 649, 599, 549, 500, 450, 400, 350, 300, 250, 200, 150, 100, 50],
        Timesteps("DPMSolverMultistepScheduler", 20));

    [Theory]
    [InlineData(TimestepSpacing.Leading, 4, new float[] { 751, 501, 251, 1 })]
    [InlineData(TimestepSpacing.Trailing, 4, new float[] { 999, 749, 499, 249 })]
    [InlineData(TimestepSpacing.Linspace, 4, new float[] { 999, 666, 333, 0 })]
    [InlineData(TimestepSpacing.Trailing, 1, new float[] { 999 })]
    [InlineData(TimestepSpacing.Leading, 1, new float[] { 1 })]
    public void DDIM_visits_what_its_spacing_says(TimestepSpacing spacing, int steps, float[] expected) =>
        Equal(expected, Timesteps("DDIMScheduler", steps, c => c with { TimestepSpacing = spacing }));

    [Fact]
    public void Every_number_of_steps_gives_as_many_timesteps_within_the_table()
    {
        foreach (var spacing in Enum.GetValues<TimestepSpacing>())
        {
            for (var steps = 1; steps <= 1000; steps += steps < 130 ? 1 : 29)
            {
                var timesteps = Timesteps("DDIMScheduler", steps, c => c with { TimestepSpacing = spacing });
                Assert.Equal(steps, timesteps.Length);
                Assert.All(timesteps, t => Assert.InRange(t, 0, 999));
                if (spacing == TimestepSpacing.Trailing)
                    Assert.Equal(999, timesteps[0]);
            }
        }
    }

    [Fact]
    public void PNDM_repeats_its_second_timestep() =>
        Equal([981, 961, 961, 941], Timesteps("PNDMScheduler", 50)[..4]);

    [Fact]
    public void PNDM_begins_with_twelve_Runge_Kutta_calls_where_it_is_told_to() => Equal(
        [981, 971, 971, 961, 961, 951, 951, 941, 941, 931, 931, 921, 921, 901],
        Timesteps("PNDMScheduler", 50, c => c with { SkipPrkSteps = false })[..14]);

    [Fact]
    public void LCM_picks_from_the_fifty_distilled_timesteps() =>
        Equal([999, 759, 499, 259], Timesteps("LCMScheduler", 4));

    [Fact]
    public void Zero_terminal_SNR_makes_the_last_timestep_pure_noise()
    {
        var config = Toy.Config("DDIMScheduler", PredictionType.VPrediction) with { RescaleBetasZeroSnr = true, TimestepSpacing = TimestepSpacing.Trailing };
        Assert.Equal((0, 1), Scheduler.Of(config).Plan(10).MixAt(0));
        var euler = Scheduler.Of(config with { ClassName = "EulerDiscreteScheduler" }).Plan(10);
        Assert.Equal(4096, euler.Sigmas[0], 0.5f);
        foreach (var value in Toy.Run(Scheduler.Of(config with { ClassName = "EulerDiscreteScheduler" }), 10, (_, _) => 0.7, PredictionType.VPrediction))
            Assert.InRange(value, 0.69f, 0.71f);
    }

    [Fact]
    public void Leading_spacing_begins_with_the_measure_of_a_noisy_sample()
    {
        var leading = Scheduler.Of(Toy.Config("EulerDiscreteScheduler") with { TimestepSpacing = TimestepSpacing.Leading }).Plan(20);
        Assert.Equal(Math.Sqrt((leading.Sigmas[0] * (double)leading.Sigmas[0]) + 1), leading.InitialNoiseScale, 1e-4);
        var linspace = Scheduler.Of(Toy.Config("EulerDiscreteScheduler")).Plan(20);
        Assert.Equal(linspace.Sigmas[0], linspace.InitialNoiseScale);
    }

    [Fact]
    public void Linear_multistep_weights_integrate_polynomials_exactly()
    {
        float[] sigmas = [14.6f, 9.1f, 5.2f, 3.3f, 1.9f];
        for (var order = 1; order <= 4; order++)
        {
            for (var power = 0; power < order; power++)
            {
                var sum = Enumerable.Range(0, order).Sum(age => LmsScheduler.Coefficient(sigmas, 3, age, order) * Math.Pow(sigmas[3 - age], power));
                var exact = (Math.Pow(sigmas[4], power + 1) - Math.Pow(sigmas[3], power + 1)) / (power + 1);
                Assert.Equal(exact, sum, 1e-6 * (1 + Math.Abs(exact)));
            }
        }
    }

    [Theory]
    [InlineData(2, 6, true, new[] { 1, 2, 1, 2, 1, 1 })]
    [InlineData(2, 7, true, new[] { 1, 2, 1, 2, 1, 2, 1 })]
    [InlineData(3, 6, true, new[] { 1, 2, 3, 1, 2, 1 })]
    [InlineData(3, 7, true, new[] { 1, 2, 3, 1, 2, 3, 1 })]
    [InlineData(3, 6, false, new[] { 1, 2, 3, 1, 2, 3 })]
    [InlineData(3, 8, false, new[] { 1, 2, 3, 1, 2, 3, 1, 2 })]
    public void Singlestep_orders_come_in_groups(int order, int steps, bool lower, int[] expected) => Assert.Equal(
        expected,
        DpmSinglestepScheduler.Orders(Toy.Config("DPMSolverSinglestepScheduler") with { SolverOrder = order, LowerOrderFinal = lower, FinalSigmasType = "sigma_min" }, steps));

    [Fact]
    public void The_beta_distribution_of_one_and_one_is_uniform_and_others_are_symmetric()
    {
        for (var p = 0.05; p < 1; p += 0.05)
        {
            Assert.Equal(p, BetaDistribution.Quantile(p, 1, 1), 1e-9);
            Assert.Equal(1, BetaDistribution.Quantile(p, 0.6, 0.6) + BetaDistribution.Quantile(1 - p, 0.6, 0.6), 1e-9);

            // With both parameters 1/2 it is the arcsine distribution.
            Assert.Equal(Math.Pow(Math.Sin(Math.PI * p / 2), 2), BetaDistribution.Quantile(p, 0.5, 0.5), 1e-9);
        }
    }

    static float[] K(KSigmas law, int steps) => new KDiffusionScheduler(Toy.Config("EulerDiscreteScheduler"), KSampler.Euler, law).Plan(steps).Sigmas.ToArray();

    static float[] Timesteps(string name, int steps, Func<SchedulerConfig, SchedulerConfig>? change = null)
    {
        var config = Toy.Config(name);
        return Scheduler.Of(change?.Invoke(config) ?? config).Plan(steps).Timesteps.ToArray();
    }

    static void Equal(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 6e-5f * Math.Max(1, Math.Abs(expected[i])));
    }
}
