using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Tests.Pitch;

public sealed class PitchEstimatorTests
{
    public static TheoryData<string> Methods => ["pm", "dio", "harvest"];

    public static TheoryData<string, int> MethodsAtRates
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var method in new[] { "pm", "dio", "harvest" })
            {
                foreach (var rate in new[] { 8000, 16000, 22050, 44100, 48000, 96000 })
                    data.Add(method, rate);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(MethodsAtRates))]
    public void A_gliding_voice_is_followed_at_any_rate(string method, int rate)
    {
        var hop = rate / 100;
        var (samples, pitch) = Glide(rate, seconds: 1.2, from: 110, to: 330);
        var curve = Make(method).Estimate(samples, new(rate, hop));
        Assert.Equal(samples.Length / hop, curve.Count);
        for (var frame = 15; frame < curve.Count - 15; frame++)
        {
            Assert.True(curve.Hertz[frame] > 0, $"frame {frame} is unvoiced");

            // The glide covers 20 semitones in 1.2 s, and Praat's frames lie up to half a hop off.
            Assert.Equal(0, 1200 * Math.Log2(curve.Hertz[frame] / pitch[frame * hop]), 40.0);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_steady_voice_is_found_within_two_cents(string method)
    {
        foreach (var hertz in new[] { 70.0, 155.56, 440, 880 })
        {
            // WORLD's Harvest wants six harmonics below 3 kHz and does not find a bare, high tone either.
            if (method == "harvest" && hertz > 600)
                continue;
            var (samples, _) = Glide(44100, 0.6, hertz, hertz);
            var curve = Make(method).Estimate(samples, new(44100, 512));
            for (var frame = 12; frame < curve.Count - 12; frame++)
                Assert.Equal(0, 1200 * Math.Log2(curve.Hertz[frame] / hertz), 2.0);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Silence_is_unvoiced(string method)
    {
        var curve = Make(method).Estimate(new float[44100], new(44100, 512));
        Assert.Equal(86, curve.Count);
        Assert.All(curve.Hertz.ToArray(), value => Assert.Equal(0, value));
        Assert.All(curve.Continuous.ToArray(), value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Noise_is_mostly_unvoiced_or_at_least_within_the_range(string method)
    {
        var random = new Random(5);
        var samples = new float[44100];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (random.NextSingle() - 0.5f) * 0.2f;
        var curve = Make(method).Estimate(samples, new(44100, 512));
        Assert.True(curve.VoicedRatio < 0.6, $"{curve.VoicedRatio:P0} of white noise is voiced");
        Assert.All(curve.Hertz.ToArray(), value => Assert.True(value is 0 or (>= 40 and <= 1200)));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Sounds_of_any_length_are_taken(string method)
    {
        foreach (var rate in new[] { 8000, 44100, 96000 })
        {
            foreach (var length in new[] { 0, 1, 2, 3, 10, 37, 100, 441, rate / 50, rate / 20, rate / 16, rate / 10 })
            {
                var (samples, _) = Glide(rate, (double)length / rate, 200, 220);
                var curve = Make(method).Estimate(samples, new(rate, 512, FrameCount: 7));
                Assert.Equal(7, curve.Count);
                Assert.All(curve.Continuous.ToArray(), value => Assert.True(float.IsFinite(value) && value >= 0));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Samples_that_are_no_numbers_count_as_silence(string method)
    {
        var (samples, _) = Glide(44100, 1, 150, 150);
        var expected = (float[])samples.Clone();
        foreach (var at in new[] { 0, 20000, 20001, 43000 })
        {
            samples[at] = at % 2 == 0 ? float.NaN : float.NegativeInfinity;
            expected[at] = 0;
        }

        var estimator = Make(method);
        Assert.Equal(estimator.Estimate(expected, new(44100, 512)).Hertz.ToArray(), estimator.Estimate(samples, new(44100, 512)).Hertz.ToArray());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Loudness_does_not_matter(string method)
    {
        var (samples, _) = Glide(44100, 0.7, 150, 250);
        var quiet = Array.ConvertAll(samples, value => value / 1024);
        var (loud, soft) = (Make(method).Estimate(samples, new(44100, 512)), Make(method).Estimate(quiet, new(44100, 512)));
        for (var i = 0; i < loud.Count; i++)
            Assert.Equal(loud.Hertz[i], soft.Hertz[i], 1e-3);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Several_threads_may_use_one_estimator(string method)
    {
        var estimator = Make(method);
        var (samples, _) = Glide(44100, 0.5, 100, 300);
        var expected = estimator.Estimate(samples, new(44100, 512)).Hertz.ToArray();
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => estimator.Estimate(samples, new(44100, 512)).Hertz.ToArray())));
        Assert.All(all, hertz => Assert.Equal(expected, hertz));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Impossible_requests_are_refused(string method)
    {
        var estimator = Make(method);
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Estimate(new float[100], new(0, 512)));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Estimate(new float[100], new(44100, 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Estimate(new float[100], new(44100, 512, -1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PitchRange(0, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PitchRange(200, 100));
    }

    internal static IPitchEstimator Make(string method) => method switch
    {
        "pm" => new PraatPitch(),
        "dio" => new DioPitch(),
        _ => new HarvestPitch(),
    };

    /// <summary>A voice of ten harmonics below 4 kHz whose pitch moves in a straight line on a logarithmic scale; and its pitch at every sample.</summary>
    internal static (float[] Samples, double[] Pitch) Glide(int rate, double seconds, double from, double to)
    {
        var count = (int)Math.Round(rate * seconds);
        var (samples, pitch) = (new float[count], new double[count]);
        var phase = 0.0;
        for (var i = 0; i < count; i++)
        {
            pitch[i] = from * Math.Pow(to / from, (double)i / count);
            phase += 2 * Math.PI * pitch[i] / rate;
            for (var harmonic = 1; harmonic <= 10 && harmonic * to < 3600; harmonic++)
                samples[i] += (float)(0.3 / harmonic * Math.Sin(harmonic * phase));
        }

        return (samples, pitch);
    }
}
