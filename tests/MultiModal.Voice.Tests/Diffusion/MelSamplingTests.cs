using MultiModal.Runtime.Random;
using MultiModal.Voice.Diffusion;

namespace MultiModal.Voice.Tests.Diffusion;

/// <summary>
/// The samplers on a signal whose values are independent and normal: for it the best estimate of the noise is known, and so is where the noise's equation leads.
/// </summary>
public sealed class MelSamplingTests
{
    const double Mean = -0.3, Deviation = 0.2;

    static readonly DiffusionSchedule Schedule = DiffusionSchedule.Linear(1000);

    [Theory]
    [InlineData(MelSampler.Ddim, 1e-2)]
    [InlineData(MelSampler.Pndm, 2e-3)]
    [InlineData(MelSampler.DpmSolver, 2e-3)]
    [InlineData(MelSampler.DpmSolverPlusPlus, 2e-3)]
    [InlineData(MelSampler.UniPc, 2e-3)]
    public async Task Many_steps_lead_where_the_equation_leads(MelSampler sampler, double tolerance)
    {
        foreach (var steps in new[] { 1000, 300, 100 })
        {
            var (x, expected) = Case(steps);
            var result = await new MelSampling(Schedule, Denoise).SampleAsync(sampler, x, steps, 2, new(1), CancellationToken.None);
            for (var i = 0; i < x.Length; i++) Assert.Equal(expected[i], result[i], tolerance);
        }
    }

    // DDIM is not among them: it takes the first whole interval below the noise's step for its beginning, an error that does not shrink evenly.
    [Theory]
    [InlineData(MelSampler.Pndm)]
    [InlineData(MelSampler.DpmSolver)]
    [InlineData(MelSampler.DpmSolverPlusPlus)]
    [InlineData(MelSampler.UniPc)]
    public async Task More_steps_are_closer(MelSampler sampler)
    {
        var last = double.PositiveInfinity;
        foreach (var speedup in new[] { 25, 10, 5, 2 })
        {
            var error = await ErrorAsync(sampler, speedup);
            Assert.True(error < last, $"{sampler}: {error} in steps of {speedup}, {last} before");
            last = error;
        }
    }

    [Fact]
    public async Task Every_step_with_noise_gives_the_signals_own_distribution()
    {
        var seed = 5UL;
        var random = new TorchRandom(seed);
        var x = new float[4000];
        random.Normal(x);
        var result = await new MelSampling(Schedule, Denoise).SampleAsync(MelSampler.Ddpm, x, 1000, 10, random, CancellationToken.None);
        var mean = result.Average(v => (double)v);
        var deviation = Math.Sqrt(result.Average(v => (v - mean) * (v - mean)));
        // Three standard errors of 4000 independent values.
        Assert.InRange(mean, Mean - 0.01, Mean + 0.01);
        Assert.InRange(deviation, Deviation - 0.01, Deviation + 0.01);
    }

    [Fact]
    public async Task One_step_at_a_time_is_always_with_noise()
    {
        var asked = 0;
        var sampling = new MelSampling(Schedule, (x, t, token) =>
        {
            asked++;
            return Denoise(x, t, token);
        });
        await sampling.SampleAsync(MelSampler.Ddim, [0.1f], 50, 1, new(1), CancellationToken.None);
        Assert.Equal(50, asked);
        // PNDM asks twice for its first step; the solvers ask once a step.
        foreach (var (sampler, count) in new[] { (MelSampler.Ddim, 10), (MelSampler.Pndm, 11), (MelSampler.DpmSolver, 10), (MelSampler.DpmSolverPlusPlus, 10), (MelSampler.UniPc, 10) })
        {
            asked = 0;
            await sampling.SampleAsync(sampler, [0.1f], 100, 10, new(1), CancellationToken.None);
            Assert.Equal(count, asked);
        }
    }

    [Fact]
    public void The_schedule_is_that_of_the_original()
    {
        Assert.Equal(0.9999, Schedule.AlphaProduct(0), 1e-6);
        // What is left of the signal after a thousand steps from 0.0001 to 0.02: the known 4.04e-5 of DDPM.
        Assert.Equal(4.0358e-5, Schedule.AlphaProduct(999), 1e-8);
        Assert.Equal(99, Schedule.Times(100, 10, true)[0]);
        Assert.Equal(0, Schedule.Times(100, 10, true)[^1]);
        Assert.Equal(Schedule.LogAlpha(3.5), (Schedule.LogAlpha(3) + Schedule.LogAlpha(4)) / 2, 1e-12);
        // Where twice as many steps leave next to nothing of the signal, DPM-Solver begins later.
        Assert.True(DiffusionSchedule.Linear(2000).Times(2000, 10, true)[0] < 1500);
        Assert.Equal(1999, DiffusionSchedule.Linear(2000).Times(2000, 10, false)[0]);
    }

    static async Task<double> ErrorAsync(MelSampler sampler, int speedup)
    {
        var (x, expected) = Case(100);
        var result = await new MelSampling(Schedule, Denoise).SampleAsync(sampler, x, 100, speedup, new(1), CancellationToken.None);
        return expected.Zip(result, (e, r) => Math.Abs(e - r)).Max();
    }

    /// <summary>E[noise | x] = sigma (x - alpha m) / (alpha^2 s^2 + sigma^2).</summary>
    static Task<float[]> Denoise(float[] x, float time, CancellationToken cancellationToken)
    {
        var (alpha, sigma, _) = Schedule.At(time);
        var variance = (alpha * alpha * Deviation * Deviation) + (sigma * sigma);
        return Task.FromResult(Array.ConvertAll(x, v => (float)(sigma * (v - (alpha * Mean)) / variance)));
    }

    /// <summary>Along the probability flow a normal value keeps its distance from the mean, in standard deviations.</summary>
    static (float[] X, double[] Expected) Case(int steps)
    {
        float[] distances = [-1.5f, -0.4f, 0.2f, 1.1f];
        var (from, to) = (Schedule.At(steps - 1), Schedule.At(0));
        double Spread((double Alpha, double Sigma, double Lambda) at) => Math.Sqrt((at.Alpha * at.Alpha * Deviation * Deviation) + (at.Sigma * at.Sigma));
        return (Array.ConvertAll(distances, d => (float)((from.Alpha * Mean) + (d * Spread(from)))), Array.ConvertAll(distances, d => (to.Alpha * Mean) + (d * Spread(to))));
    }
}
