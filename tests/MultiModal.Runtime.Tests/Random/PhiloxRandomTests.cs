using MultiModal.Runtime.Random;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Random;

public sealed class PhiloxRandomTests
{
    // Seed 0, three draws of (2, 2), documented by AUTOMATIC1111's rng_philox.py.
    static readonly float[] known =
        [-0.924663f, -0.425344f, -2.643846f, 0.145184f, -0.120866f, -0.579726f, -0.622851f, -0.328387f, -1.074542f, -0.363144f, -1.671051f, 2.265505f];

    [Fact]
    public void Draws_equal_those_known() => Compare.Close(known, new PhiloxRandom(0).Normal(12).Floats, 1e-6, "seed 0");

    [Fact]
    public void Each_draw_goes_on_with_the_next_counter()
    {
        var random = new PhiloxRandom(0);
        random.Normal(4);
        Assert.Equal(1UL, random.Offset);
        var second = random.Normal(4).Floats.ToArray();
        Assert.NotEqual(known[4], second[0]);
        Assert.Equal(second, new PhiloxRandom(0) { Offset = 1 }.Normal(4).Floats.ToArray());
    }

    [Fact]
    public void A_small_gpu_uses_all_four_lanes_of_each_thread()
    {
        // One multiprocessor of 256 threads: elements 256 apart come from one thread, sine before cosine.
        var small = new PhiloxRandom(0, 1, 256).Normal(2048).Floats.ToArray();
        var large = new PhiloxRandom(0).Normal(2048).Floats.ToArray();
        Assert.Equal(large[..256], small[..256]);
        Assert.NotEqual(large[256], small[256]);
        for (var i = 0; i < 256; i++)
        {
            // sine^2 + cosine^2 = radius^2, and the angle tells the two apart.
            var radius = Math.Sqrt((small[i] * (double)small[i]) + (small[i + 256] * (double)small[i + 256]));
            Assert.InRange(radius, 0, 7);
        }

        // The second turn takes the next counter.
        Assert.Equal(new PhiloxRandom(0) { Offset = 1 }.Normal(256).Floats.ToArray(), small[1024..1280]);
    }

    [Fact]
    public void A_gpu_large_enough_makes_no_difference() =>
        Assert.Equal(new PhiloxRandom(5).Normal(16384).Floats.ToArray(), new PhiloxRandom(5, 128, 1536).Normal(16384).Floats.ToArray());

    [Fact]
    public void Uniform_numbers_stay_below_one()
    {
        var values = new float[10_000];
        new PhiloxRandom(3).Uniform(values);
        Assert.All(values, value => Assert.InRange(value, 0, 0.9999999f));
        Assert.InRange(values.Average(), 0.48, 0.52);
    }
}
