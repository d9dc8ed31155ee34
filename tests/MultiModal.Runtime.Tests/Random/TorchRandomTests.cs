using MultiModal.Runtime.Random;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Random;

/// <summary>Values of torch 2 that are not in the fixtures, and what follows from the rules.</summary>
public sealed class TorchRandomTests
{
    [Fact]
    public void Normal_numbers_equal_those_known()
    {
        Compare.Close([1.540996f, -0.293429f, -2.178789f], new TorchRandom(0).Normal(3).Floats, 1e-6, "seed 0, 3");
        Compare.Close(
            [-1.125840f, -1.152360f, -0.250579f, -0.433879f, 0.848710f, 0.692009f, -0.316013f, -2.115219f],
            new TorchRandom(0).Normal(16384).Floats[..8],
            1e-6,
            "seed 0, 16384");
        Compare.Close(
            [1.926915f, 1.487284f, 0.900717f, -2.105521f, 0.678418f, -1.234545f, -0.043067f, -1.604667f],
            new TorchRandom(42).Normal(16384).Floats[..8],
            1e-6,
            "seed 42, 16384");
        // A rest of four: the last sixteen are drawn anew.
        Compare.Close(
            [-1.1258f, -1.1524f, -.2506f, -.4339f, .5988f, -1.5551f, -.3414f, 1.8530f, .4681f, -.1577f, 1.4437f, .2660f, 1.3894f, 1.5863f, .9463f, -.8437f, .9318f, 1.2590f, 2.0050f, .0537f],
            new TorchRandom(0).Normal(20).Floats,
            5e-5, // four digits are known
            "seed 0, 20");
    }

    [Fact]
    public void Half_precision_noise_is_drawn_in_half_precision()
    {
        var noise = new float[16384];
        new TorchRandom(0).Normal(DType.Float16, noise);
        Compare.Close([-0.9013f, 0.4815f, 1.1976f], noise.AsSpan(0, 3), 1e-3, "seed 0, float16");
        Assert.All(noise, value => Assert.Equal(value, (float)(Half)value));
        new TorchRandom(0).Normal(DType.BFloat16, noise);
        Assert.All(noise, value => Assert.Equal(0u, BitConverter.SingleToUInt32Bits(value) & 0xFFFF));
    }

    [Fact]
    public void Float64_noise_is_normal_and_drawn_in_53_bits()
    {
        var noise = new double[100_000];
        new TorchRandom(5).Normal(noise);
        Assert.InRange(noise.Average(), -0.02, 0.02);
        Assert.InRange(noise.Select(value => value * value).Average(), 0.97, 1.03);
        // Fewer than sixteen come from the same pairs as float32's.
        var few = new double[4];
        new TorchRandom(0).Normal(few);
        Compare.Close([1.540996f, -0.293429f, -2.178789f, 0.568431f], [.. few.Select(value => (float)value)], 1e-6, "seed 0, float64");
    }

    [Fact]
    public void Mean_and_deviation_scale_the_same_draws()
    {
        var (plain, scaled) = (new float[40], new float[40]);
        new TorchRandom(9).Normal(plain);
        new TorchRandom(9).Normal(scaled, mean: 2, deviation: 0.5);
        Compare.Close(Array.ConvertAll(plain, value => 2 + (value / 2)), scaled, 1e-6, "scaled");
        new TorchRandom(9).Uniform(plain);
        new TorchRandom(9).Uniform(scaled, -1, 1);
        Compare.Close(Array.ConvertAll(plain, value => (2 * value) - 1), scaled, 1e-6, "uniform");
    }

    [Fact]
    public void Only_the_low_half_of_a_seed_counts_as_in_torch() =>
        Assert.Equal(new TorchRandom(7).Normal(32).Floats.ToArray(), new TorchRandom(7 + (1UL << 32)).Normal(32).Floats.ToArray());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(623)]
    [InlineData(624)]
    [InlineData(625)]
    public void A_saved_state_goes_on(int drawn)
    {
        var random = new TorchRandom(123);
        for (var i = 0; i < drawn; i++)
            random.NextUInt32();
        // An odd number below sixteen leaves one number pending.
        random.Normal(3);
        var state = random.SaveState();
        Assert.Equal(5056, state.Length);
        var copy = TorchRandom.FromState(state);
        Assert.Equal(123UL, copy.Seed);
        Assert.Equal(random.Normal(5).Floats.ToArray(), copy.Normal(5).Floats.ToArray());
        Assert.Equal(random.Normal(1000).Floats.ToArray(), copy.Normal(1000).Floats.ToArray());
        Assert.Equal(random.SaveState(), copy.SaveState());
    }

    [Fact]
    public void A_false_state_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TorchRandom.FromState(new byte[5056]));
        Assert.Throws<ArgumentException>(() => TorchRandom.FromState(new byte[10]));
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(0)]
    public void Both_ways_of_permuting_give_every_number_once(uint threshold) =>
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), new TorchRandom(3).Permutation(1000, threshold).Order());

    [Fact]
    public void Integers_stay_in_their_range()
    {
        var random = new TorchRandom(1);
        var values = new long[1000];
        random.Integers(values, -3, 4);
        Assert.Equal([-3L, -2, -1, 0, 1, 2, 3], values.Distinct().Order());
        random.Integers(values, long.MinValue, long.MaxValue);
        Assert.True(values.Min() < long.MinValue / 2 && values.Max() > long.MaxValue / 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Integer(1, 1));
    }
}
