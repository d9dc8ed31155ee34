using MultiModal.Audio;
using MultiModal.Testing;
using MultiModal.Voice.Conversion;

namespace MultiModal.Voice.Tests.Conversion;

public sealed class VoiceModelTests
{
    static readonly ConversionOptions Plain = new() { Pitch = PitchMethod.Praat };

    [Theory]
    [InlineData(8000, 1, 0.02)]
    [InlineData(8000, 2, 1.5)]
    [InlineData(16000, 1, 0.3)]
    [InlineData(22050, 2, 1.0)]
    [InlineData(44100, 1, 1.0)]
    [InlineData(48000, 2, 0.7)]
    [InlineData(96000, 1, 0.5)]
    public async Task Output_is_one_channel_at_the_models_rate_and_as_long_as_the_input(int sampleRate, int channels, double seconds)
    {
        await using var voice = await TinyVoice.LoadAsync();
        var input = TinyVoice.Sound(seconds, sampleRate, channels);
        var output = await voice.ConvertAsync(input, Plain);
        Assert.Equal(44100, output.SampleRate);
        Assert.Equal(1, output.Channels);
        Assert.Equal(((long)input.FrameCount * 44100 + sampleRate - 1) / sampleRate, output.FrameCount);
        Assert.True(output.IsFinite());
    }

    [Fact]
    public async Task An_empty_sound_stays_empty()
    {
        await using var voice = await TinyVoice.LoadAsync();
        Assert.Equal(0, (await voice.ConvertAsync(AudioClip.Silence(0, new(44100)), Plain)).FrameCount);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_samples_and_another_seed_others()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var input = TinyVoice.Sound(0.8);
        var first = await voice.ConvertAsync(input, Plain);
        var second = await voice.ConvertAsync(input, Plain);
        var other = await voice.ConvertAsync(input, Plain with { Seed = 7 });
        Assert.Equal(first.Channel(0), second.Channel(0));
        Assert.NotEqual(first.Channel(0).ToArray(), other.Channel(0).ToArray());
    }

    [Fact]
    public async Task Silence_between_slices_is_exactly_zero()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var sound = AudioClip.Concatenate(TinyVoice.Sound(6), AudioClip.Silence(44100 * 12, new(44100)), TinyVoice.Sound(6));
        var output = await voice.ConvertAsync(sound, Plain);
        Assert.Equal(sound.FrameCount, output.FrameCount);
        Assert.True(output.Channel(0).Slice(44100 * 12, 4410).IndexOfAnyExcept(0f) < 0);
        Assert.Contains(output.Channel(0)[..(44100 * 5)].ToArray(), value => value != 0);
    }

    [Fact]
    public async Task A_chunk_has_a_pitch_for_each_of_its_frames()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var sound = AudioClip.Concatenate(TinyVoice.Sound(6), AudioClip.Silence(44100 * 12, new(44100)), TinyVoice.Sound(6));
        await foreach (var chunk in voice.ConvertStreamingAsync(sound, Plain))
        {
            Assert.Equal(chunk.SourcePitch.Count, chunk.Pitch.Count);
            // Frames seldom fill a slice evenly.
            if (chunk.Pitch.Count > 0) Assert.Equal(chunk.Audio.FrameCount / 512.0, chunk.Pitch.Count, 3.0);
        }
    }

    [Fact]
    public async Task Forced_slices_join_to_the_length_of_the_input()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var input = TinyVoice.Sound(3.3);
        foreach (var overlap in new[] { 0.0, 0.2 })
        {
            var output = await voice.ConvertAsync(input, Plain with { Clip = TimeSpan.FromSeconds(1), Overlap = TimeSpan.FromSeconds(overlap), OverlapRetained = 0.5 });
            Assert.Equal(input.FrameCount, output.FrameCount);
        }
    }

    [Fact]
    public async Task A_file_longer_than_the_window_converts_to_its_length_in_bounded_pieces()
    {
        await using var voice = await TinyVoice.LoadAsync();
        // At a low rate so that the tiny model has little to do per second of it; more than one window of five minutes.
        var parts = Enumerable.Repeat(AudioClip.Concatenate(TinyVoice.Sound(1, 8000), AudioClip.Silence(8000 * 30, new(8000))), 11).ToArray();
        var input = AudioClip.Concatenate(parts);
        var total = 0L;
        var next = TimeSpan.Zero;
        await foreach (var chunk in voice.ConvertStreamingAsync(input, Plain))
        {
            Assert.Equal(next.TotalSeconds, chunk.Start.TotalSeconds, 1e-4);
            next += chunk.Audio.Duration;
            total += chunk.Audio.FrameCount;
        }

        Assert.Equal(((long)input.FrameCount * 44100 + 7999) / 8000, total);
    }

    [Fact]
    public async Task Progress_reaches_the_end_and_cancellation_ends_a_conversion()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var input = TinyVoice.Sound(2.5);
        var options = Plain with { Clip = TimeSpan.FromSeconds(1) };
        var seen = new List<double>();
        await voice.ConvertAsync(input, options, new Reports(seen));
        Assert.Equal(1, seen[^1]);
        Assert.Equal(seen.Order(), seen);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in voice.ConvertStreamingAsync(input, options, null, cancel.Token)) await cancel.CancelAsync();
        });
    }

    [Fact]
    public async Task A_mix_of_one_speaker_is_that_speaker_and_a_changing_mix_differs_from_both()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var input = TinyVoice.Sound(1);
        var alice = await voice.ConvertAsync(input, Plain with { Speaker = "alice" });
        var mixed = await voice.ConvertAsync(input, Plain with { Mix = SpeakerMix.Constant(new Dictionary<string, float> { ["alice"] = 2 }) });
        var moving = await voice.ConvertAsync(input, Plain with
        {
            Mix = SpeakerMix.Curves(new Dictionary<string, IReadOnlyList<SpeakerRamp>> { ["alice"] = [new(0, 1, 1, 0)], ["bob"] = [new(0, 1, 0, 1)] }),
        });
        Assert.Equal(alice.Channel(0).ToArray(), mixed.Channel(0).ToArray());
        Assert.NotEqual(alice.Channel(0).ToArray(), moving.Channel(0).ToArray());
    }

    [Fact]
    public async Task Files_are_converted_whole_or_not_at_all()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "in.wav"), Path.Combine(folder.FullName, "out.wav"));
            WavFile.Write(source, TinyVoice.Sound(1, 22050, 2));
            await voice.ConvertFileAsync(source, target, Plain with { OutputSampleRate = 16000 });
            var output = WavFile.Read(target);
            Assert.Equal(16000, output.SampleRate);
            Assert.Equal(16000, output.FrameCount);
            File.Delete(target);
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => voice.ConvertFileAsync(source, target, Plain, cancellationToken: cancelled.Token));
            Assert.Equal([source], Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_a_model_cannot_do_is_said()
    {
        await using var voice = await TinyVoice.LoadAsync("tiny-svc-4.1-transformer-flow");
        var input = TinyVoice.Sound(0.5);
        var unknown = await Assert.ThrowsAsync<VoiceConversionException>(() => voice.ConvertAsync(input, Plain with { Speaker = "dave" }));
        Assert.Contains("alice, bob, carol", unknown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<VoiceConversionException>(() => voice.ConvertAsync(input, Plain with { PredictPitch = true }));
        await Assert.ThrowsAsync<VoiceConversionException>(() => voice.ConvertAsync(input, Plain with { ClusterRatio = 0.5 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => voice.ConvertAsync(input, Plain with { NoiseScale = float.NaN }));
    }

    [Fact]
    public async Task A_missing_encoder_is_named_with_its_source_and_its_place()
    {
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => VoiceModel.LoadAsync(RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-svc-4.1/G_800.pth")));
        Assert.Contains("checkpoint_best_legacy_500.pt", error.Message, StringComparison.Ordinal);
        Assert.Contains("content-vec-best", error.Message, StringComparison.Ordinal);
        Assert.Contains("pretrain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_conversions_run_at_once()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var inputs = Enumerable.Range(1, 4).Select(i => TinyVoice.Sound(0.3 * i)).ToArray();
        var alone = new List<float[]>();
        foreach (var input in inputs) alone.Add((await voice.ConvertAsync(input, Plain)).Channel(0).ToArray());
        var together = await Task.WhenAll(inputs.Select(input => voice.ConvertAsync(input, Plain)));
        for (var i = 0; i < inputs.Length; i++) Assert.Equal(alone[i], together[i].Channel(0).ToArray());
    }

    sealed class Reports(List<double> seen) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => seen.Add(value.Fraction);
    }
}
