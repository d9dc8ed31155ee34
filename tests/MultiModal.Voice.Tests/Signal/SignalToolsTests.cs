using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Tests.Signal;

public sealed class SignalToolsTests
{
    [Theory]
    [InlineData(8000)]
    [InlineData(44100)]
    [InlineData(96000)]
    public void The_slices_cover_the_sound_without_gaps(int rate)
    {
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var samples = Bursts(rate, seed);
            var spans = new SilenceSlicer(rate, new() { MinLength = TimeSpan.FromSeconds(1), MaxSilenceKept = TimeSpan.FromSeconds(0.5) }).Slice(samples);
            var at = 0;
            foreach (var span in spans)
            {
                Assert.Equal(at, span.Start);
                Assert.True(span.End >= span.Start, $"seed {seed}");
                at = span.End;
            }

            Assert.Equal(samples.Length, at);
        }
    }

    [Fact]
    public void Sounds_too_short_to_cut_stay_whole()
    {
        foreach (var length in new[] { 0, 1, 100, 882, 44100 })
            Assert.Equal(length, Assert.Single(new SilenceSlicer(44100).Slice(MelSpectrogramTests.Noise(length))).End);
    }

    [Fact]
    public void Complete_silence_is_one_silence()
    {
        var spans = new SilenceSlicer(44100).Slice(new float[44100 * 20]);
        Assert.Equal(44100 * 20, spans.Where(span => span.IsSilence).Sum(span => span.Length));
    }

    [Fact]
    public void Samples_that_are_no_numbers_are_cut_as_silence()
    {
        var samples = MelSpectrogramTests.Noise(44100 * 8);
        samples.AsSpan(44100 * 3, 44100 * 2).Fill(float.NaN);
        var spans = new SilenceSlicer(44100, new() { MinLength = TimeSpan.FromSeconds(1) }).Slice(samples);
        Assert.Contains(spans, span => span.IsSilence && span.Start >= 44100 * 2.9 && span.End <= 44100 * 5.1);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new SilenceSlicer(44100, new() { MinLength = TimeSpan.FromMilliseconds(100) }));
        Assert.Throws<ArgumentException>(() => new SilenceSlicer(44100, new() { MaxSilenceKept = TimeSpan.FromMilliseconds(10) }));
    }

    [Fact]
    public void A_rate_of_0_takes_over_the_loudness_and_1_changes_nothing()
    {
        var loud = MelSpectrogramTests.Noise(44100 * 3);
        var quiet = Array.ConvertAll(loud, value => value / 10);
        var moved = (float[])quiet.Clone();
        Loudness.Approach(moved, 44100, loud, 44100, 1);
        Assert.Equal(quiet, moved);
        Loudness.Approach(moved, 44100, loud, 44100, 0);
        for (var i = 0; i < loud.Length; i++)
            Assert.Equal(loud[i], moved[i], 1e-4);
    }

    [Fact]
    public void Loudness_of_another_rate_and_of_silence_is_approached_without_trouble()
    {
        var sound = MelSpectrogramTests.Noise(48000);
        Loudness.Approach(sound, 48000, new float[16000], 16000, 0.3);
        Assert.All(sound, value => Assert.Equal(0, value));
        var silence = new float[48000];
        Loudness.Approach(silence, 48000, MelSpectrogramTests.Noise(16000), 16000, 0.3);
        Assert.All(silence, value => Assert.True(float.IsFinite(value)));
        Loudness.Approach([], 48000, [], 16000, 0.3);
    }

    [Fact]
    public void Volume_is_the_root_mean_square_of_a_steady_sound()
    {
        var tone = new float[51200];
        for (var i = 0; i < tone.Length; i++)
            tone[i] = 0.5f * MathF.Sin(2 * MathF.PI * i / 64);
        var volume = Loudness.Volume(tone);
        Assert.Equal(100, volume.Length);
        Assert.All(volume, value => Assert.Equal(0.5 / Math.Sqrt(2), value, 2e-3));
        Assert.Empty(Loudness.Volume(new float[511]));
        Assert.Single(Loudness.Volume(new float[100], 100));
    }

    [Fact]
    public void A_crossfade_of_a_sound_with_itself_is_the_sound()
    {
        var sound = MelSpectrogramTests.Noise(1000);
        var result = new float[1000];
        Crossfade.Linear(sound, sound, result);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(sound[i], result[i], 1e-6);
        Crossfade.Smooth(sound, sound, result);
        Assert.Equal(sound, result);
        Crossfade.Linear(new float[3], [1, 1, 1], result);
        Assert.Equal([0f, 0.5f, 1f], result[..3]);
        Assert.Throws<ArgumentException>(() => Crossfade.Linear(sound, sound, new float[10]));
    }

    [Fact]
    public void Blocks_of_a_tone_that_are_out_of_step_are_joined_without_a_click()
    {
        const double step = 2 * Math.PI * 220 / 44100;
        var sola = new Sola(crossfade: 1764, search: 441);
        var random = new Random(1);
        var output = new List<float>();
        var block = new float[11025 + 1764 + 441];
        var buffer = new float[11025];
        for (var round = 0; round < 8; round++)
        {
            // A converter knows nothing of the phase of its last block.
            var phase = random.NextDouble() * 2 * Math.PI;
            for (var i = 0; i < block.Length; i++)
                block[i] = (float)Math.Sin(phase + (step * i));
            sola.Join(block, buffer);
            Assert.InRange(sola.LastShift, 0, 441);
            output.AddRange(buffer);
        }

        // Once running, the sound is a tone as loud as before, and no sample jumps farther than the tone does.
        for (var i = 11025; i < output.Count; i++)
            Assert.True(Math.Abs(output[i] - output[i - 1]) < step * 1.1, $"a jump at {i}");
        for (var i = 11025; i + 441 < output.Count; i += 441)
            Assert.InRange(output.GetRange(i, 441).Max(Math.Abs), 0.97f, 1.01f);
    }

    [Fact]
    public void Joining_allocates_nothing()
    {
        var sola = new Sola(441, 100);
        var (block, output) = (MelSpectrogramTests.Noise(2000 + 541), new float[2000]);
        sola.Join(block, output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
            sola.Join(block, output);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Units_stretch_to_any_number_of_frames()
    {
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2], UnitAlignment.Indices(3, 8, UnitAlignmentMode.Left));
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2], UnitAlignment.Indices(3, 8, UnitAlignmentMode.Nearest));
        Assert.Equal([0, 1, 2], UnitAlignment.Indices(5, 3, UnitAlignmentMode.Left));
        Assert.Equal([0, 1, 3], UnitAlignment.Indices(5, 3, UnitAlignmentMode.Nearest));
        Assert.Equal([1f, 1.25f, 1.75f, 2f], UnitAlignment.Stretch([1, 2], 1, 4, UnitAlignmentMode.Linear));
        Assert.Empty(UnitAlignment.Stretch([1, 2], 1, 0, UnitAlignmentMode.Nearest));
        Assert.Throws<ArgumentException>(() => UnitAlignment.Stretch([1, 2, 3], 2, 4, UnitAlignmentMode.Nearest));
    }

    static float[] Bursts(int rate, int seed)
    {
        var random = new Random(seed);
        var samples = new float[rate * 6];
        for (var at = 0; at < samples.Length;)
        {
            var length = random.Next(rate / 10, rate * 2);
            var loud = random.Next(2) == 0;
            for (var i = at; i < Math.Min(samples.Length, at + length); i++)
                samples[i] = (random.NextSingle() - 0.5f) * (loud ? 0.5f : 0.001f);
            at += length;
        }

        return samples;
    }
}
