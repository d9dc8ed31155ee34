using MultiModal.Audio;

namespace MultiModal.Abstractions.Tests.Audio;

public sealed class ResamplerTests
{
    public static TheoryData<int, int> Rates => new()
    {
        { 8000, 44100 }, { 16000, 44100 }, { 22050, 44100 }, { 44100, 16000 }, { 44100, 22050 }, { 44100, 48000 }, { 48000, 44100 },
        { 96000, 44100 }, { 96000, 8000 }, { 8000, 96000 }, { 44100, 44101 }, { 11025, 32000 }, { 48000, 48000 }, { 2, 1 }, { 1, 3 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void The_filter_is_the_definition_written_out(int from, int to)
    {
        var input = Noise(3 * Math.Max(from, 700) / Math.Max(1, Math.Max(from, to) / 1000), seed: from ^ to);
        var actual = new Resampler(from, to).Resample(input);
        Assert.Equal((int)Math.Ceiling(input.Length * (double)to / from), actual.Length);
        for (var k = 0; k < actual.Length; k += Math.Max(1, actual.Length / 200))
            Assert.Equal(Definition(input, from, to, k), actual[k], 2e-6);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Blocks_of_any_size_give_the_same_samples_as_the_whole(int from, int to)
    {
        var input = Noise(5000, seed: from + to);
        var resampler = new Resampler(from, to);
        var expected = resampler.Resample(input);
        foreach (var seed in Enumerable.Range(1, 4))
        {
            var random = new Random(seed);
            var stream = resampler.CreateStream();
            var actual = new List<float>();
            for (var at = 0; at < input.Length;)
            {
                var size = Math.Min(random.Next(0, seed * 400), input.Length - at);
                var output = new float[stream.MaxOutputLength(size)];
                actual.AddRange(output.AsSpan(0, stream.Process(input.AsSpan(at, size), output)));
                at += size;
            }

            var rest = new float[stream.MaxOutputLength(0)];
            actual.AddRange(rest.AsSpan(0, stream.Flush(rest)));
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void A_stream_begins_anew_after_it_is_flushed()
    {
        var resampler = new Resampler(44100, 16000);
        var stream = resampler.CreateStream();
        var input = Noise(3000, seed: 3);
        for (var round = 0; round < 2; round++)
        {
            var output = new float[stream.MaxOutputLength(3000)];
            var count = stream.Process(input, output);
            count += stream.Flush(output.AsSpan(count));
            Assert.Equal(resampler.Resample(input), output.AsSpan(0, count).ToArray());
        }
    }

    [Fact]
    public void A_stream_allocates_nothing_once_warm()
    {
        var stream = new Resampler(48000, 44100).CreateStream();
        var (input, output) = (Noise(480, seed: 1), new float[stream.MaxOutputLength(480)]);
        for (var i = 0; i < 100; i++)
            stream.Process(input, output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            stream.Process(input, output);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(32000)]
    [InlineData(48000)]
    [InlineData(96000)]
    public void A_tone_keeps_its_frequency_and_loudness(int to)
    {
        var input = new float[44100];
        for (var i = 0; i < input.Length; i++)
            input[i] = MathF.Sin(2 * MathF.PI * 1000 * i / 44100f);
        var output = new Resampler(44100, to).Resample(input);
        for (var i = to / 10; i < to * 9 / 10; i++)
            Assert.Equal(Math.Sin(2 * Math.PI * 1000 * i / to), output[i], 5e-3);
    }

    [Fact]
    public void What_the_new_rate_cannot_hold_is_taken_away()
    {
        var input = new float[44100];
        for (var i = 0; i < input.Length; i++)
            input[i] = (float)Math.Sin(2 * Math.PI * 15000 * i / 44100);
        var output = new Resampler(44100, 16000).Resample(input);
        Assert.True(output.Skip(200).SkipLast(200).Max(Math.Abs) < 0.01);
    }

    [Fact]
    public void Twenty_milliseconds_and_nothing_at_all_can_be_resampled()
    {
        Assert.Equal(320, new Resampler(44100, 16000).Resample(new float[882]).Length);
        Assert.Empty(new Resampler(44100, 16000).Resample([]));
        Assert.Single(new Resampler(44100, 16000).Resample([1f]));
    }

    [Fact]
    public void Every_channel_of_a_clip_is_resampled()
    {
        var (left, right) = (Noise(1000, 1), Noise(1000, 2));
        var clip = new AudioClip([.. left, .. right], 44100, 2).Resample(48000);
        Assert.Equal(new Resampler(44100, 48000).Resample(left), clip.Channel(0).ToArray());
        Assert.Equal(new Resampler(44100, 48000).Resample(right), clip.Channel(1).ToArray());
    }

    [Fact]
    public void Impossible_rates_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(0, 16000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16000, 16_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16000, 8000, rolloff: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16000, 8000, lowpassFilterWidth: 0));
    }

    static double Definition(float[] x, int from, int to, int k)
    {
        if (from == to)
            return x[k];
        var cutoff = Math.Min(from, to) * 0.99;
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var t = ((i / (double)from) - (k / (double)to)) * cutoff;
            if (Math.Abs(t) < 6)
                sum += x[i] * (t == 0 ? 1 : Math.Sin(Math.PI * t) / (Math.PI * t)) * Math.Pow(Math.Cos(Math.PI * t / 12), 2) * cutoff / from;
        }

        return sum;
    }

    static float[] Noise(int length, int seed)
    {
        var random = new Random(seed);
        var noise = new float[length];
        for (var i = 0; i < length; i++)
            noise[i] = (random.NextSingle() * 2) - 1;
        return noise;
    }
}
