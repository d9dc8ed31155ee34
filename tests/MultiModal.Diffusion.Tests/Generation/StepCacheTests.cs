using MultiModal.Diffusion.Generation;

namespace MultiModal.Diffusion.Tests.Generation;

public sealed class StepCacheTests
{
    static (int Skipped, double Error) Run(float threshold, Func<float, int, float> network, int steps = 40)
    {
        var cache = new StepCache(threshold);
        var (x, output) = (new float[64], new float[64]);
        var error = 0.0;
        for (var i = 0; i < steps; i++)
        {
            for (var n = 0; n < x.Length; n++) x[n] = MathF.Sin(n + (i * 0.02f));
            if (!cache.TryAnswer(i / (double)steps, x, output))
            {
                for (var n = 0; n < x.Length; n++) output[n] = network(x[n], i);
                cache.Remember(x, output);
            }

            for (var n = 0; n < x.Length; n++) error = Math.Max(error, Math.Abs(output[n] - network(x[n], i)));
        }

        return (cache.Skipped, error);
    }

    [Fact]
    public void A_slow_network_is_asked_less_and_answers_stay_near()
    {
        var (skipped, error) = Run(1, (x, i) => (0.9f * x) + 0.3f);
        Assert.InRange(skipped, 10, 33);
        Assert.True(error < 0.1, $"error {error}");
        Assert.True(Run(0.2f, (x, i) => (0.9f * x) + 0.3f).Skipped < skipped);
    }

    [Fact]
    public void Without_a_threshold_and_for_a_network_that_jumps_nothing_is_left_out()
    {
        Assert.Equal((0, 0.0), Run(0, (x, i) => x));
        Assert.Equal(0, Run(0.1f, (x, i) => i % 2 == 0 ? 50 * x : -50 * x).Skipped);
    }
}
