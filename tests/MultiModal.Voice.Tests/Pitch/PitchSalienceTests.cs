using MultiModal.Testing;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Tests.Pitch;

public sealed class PitchSalienceTests
{
    [Fact]
    [Trait("Category", "Parity")]
    public void Salience_decodes_to_the_cents_RMVPE_gives() => Fixtures.Check("rmvpe", fixture =>
        fixture.Expect("cents", PitchSalience.Crepe.LocalAverage(fixture.Tensors["hidden"].Floats, 0.03)));

    [Theory]
    [InlineData(55)]
    [InlineData(220)]
    [InlineData(440.5)]
    [InlineData(1046)]
    public void A_bump_around_a_pitch_decodes_to_that_pitch(double hertz)
    {
        foreach (var bins in new[] { PitchSalience.Crepe, PitchSalience.Between(360, 32.70, 1975.5) })
        {
            var cents = PitchSalience.ToCents(hertz);
            var salience = new float[360];
            for (var bin = 0; bin < 360; bin++)
                salience[bin] = (float)Math.Exp(-Math.Pow(bins.CentsOf(bin) - cents, 2) / 1250);
            var found = PitchSalience.ToHertz(bins.LocalAverage(salience, 0.05))[0];
            Assert.Equal(0, 1200 * Math.Log2(found / hertz), 1.0);
        }
    }

    [Fact]
    public void Frames_below_the_threshold_are_unvoiced()
    {
        var salience = new float[720];
        salience[100] = 0.05f;
        salience[360 + 100] = 0.051f;
        var cents = PitchSalience.Crepe.LocalAverage(salience, 0.05);
        Assert.Equal(0, cents[0]);
        Assert.Equal((float)PitchSalience.Crepe.CentsOf(100), cents[1]);
        Assert.Equal([0f, 0f], PitchSalience.ToHertz([0, float.NaN]));
    }

    [Fact]
    public void The_edges_count_once_or_repeatedly()
    {
        var salience = new float[360];
        (salience[0], salience[1]) = (0.8f, 0.4f);
        var once = PitchSalience.Crepe.LocalAverage(salience, 0.05)[0];
        var repeated = PitchSalience.Crepe.LocalAverage(salience, 0.05, repeatEdges: true)[0];
        Assert.Equal(1997.3794 + (20 * 0.4 / 1.2), once, 1e-3);
        Assert.Equal(1997.3794 + (20 * 0.4 / 4.4), repeated, 1e-3);
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(30, 2)]
    public void The_path_is_the_likeliest_of_all(int reach, int seed)
    {
        // Few bins and frames, so that all paths can be tried.
        const int Bins = 40;
        var random = new Random(seed);
        var probabilities = new float[3 * Bins];
        for (var i = 0; i < probabilities.Length; i++)
            probabilities[i] = random.NextSingle();
        double Transition(int from, int to) =>
            Math.Max(0, reach - Math.Abs(from - to)) / (double)Enumerable.Range(0, Bins).Sum(j => Math.Max(0, reach - Math.Abs(from - j)));
        var path = PitchViterbi.Decode(probabilities, Bins, reach);
        var best = -1.0;
        for (var a = 0; a < Bins; a++)
        {
            for (var b = 0; b < Bins; b++)
            {
                for (var c = 0; c < Bins; c++)
                    best = Math.Max(best, probabilities[a] * Transition(a, b) * probabilities[Bins + b] * Transition(b, c) * probabilities[(2 * Bins) + c]);
            }
        }

        var found = probabilities[path[0]] * Transition(path[0], path[1]) * probabilities[Bins + path[1]] * Transition(path[1], path[2]) * probabilities[(2 * Bins) + path[2]];
        Assert.Equal(best, found, best * 1e-9);
    }

    [Fact]
    public void The_path_does_not_follow_a_single_slip_of_an_octave()
    {
        var probabilities = new float[20 * 360];
        for (var frame = 0; frame < 20; frame++)
        {
            Array.Fill(probabilities, 0.001f, frame * 360, 360);
            probabilities[(frame * 360) + 100 + (frame / 2)] = 0.5f;
        }

        probabilities[(10 * 360) + 165] = 0.9f;
        Assert.Equal(Enumerable.Range(0, 20).Select(frame => 100 + (frame / 2)), PitchViterbi.Decode(probabilities, 360, 12));
    }

    [Fact]
    public void Crepe_is_given_frames_of_mean_0_and_deviation_1()
    {
        var samples = new float[44100];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = 0.1f + (0.3f * MathF.Sin(i * 0.05f));
        samples[5] = float.NaN;
        var frames = CrepeFraming.Frames(samples, 44100, 512);
        Assert.Equal(1 + (16000 / 185), frames.Length / 1024);
        for (var i = 0; i < frames.Length; i += 1024)
        {
            var frame = frames.AsSpan(i, 1024).ToArray();
            Assert.Equal(0, frame.Average(), 1e-4);
            Assert.Equal(1, Math.Sqrt(frame.Sum(v => (double)v * v) / 1023), 1e-4);
        }

        Assert.All(CrepeFraming.Frames(new float[100], 44100, 512), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(16000, 1600, 11, 11)]
    [InlineData(44100, 44100, 101, 101)]
    [InlineData(48000, 960, 3, 3)]
    [InlineData(44100, 0, 0, 0)]
    public void Networks_are_given_100_frames_a_second(int rate, int samples, int rmvpe, int fcpe)
    {
        var noise = Signal.MelSpectrogramTests.Noise(samples);
        Assert.Equal(rmvpe, PitchInput.Rmvpe(noise, rate).Frames);
        Assert.Equal(fcpe, PitchInput.Fcpe(noise, rate).Frames);
    }
}
