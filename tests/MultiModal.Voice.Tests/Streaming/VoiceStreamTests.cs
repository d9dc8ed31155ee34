using MultiModal.Runtime.Weights;
using MultiModal.Testing;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Streaming;
using MultiModal.Voice.Tests.Conversion;

namespace MultiModal.Voice.Tests.Streaming;

public sealed class VoiceStreamTests
{
    [Theory]
    [InlineData(44100, 11264)]
    [InlineData(44100, 4410)]
    [InlineData(48000, 12000)]
    [InlineData(16000, 1600)]
    [InlineData(96000, 9600)]
    public async Task A_stream_gives_a_block_for_a_block_without_gaps(int sampleRate, int block)
    {
        await using var voice = await TinyVoice.LoadAsync();
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = sampleRate, BlockLength = block });
        var output = Run(stream, TinyVoice.Sound(3, sampleRate).Channel(0));
        Assert.All(output, value => Assert.True(float.IsFinite(value)));

        // Once the latency has passed there is sound in every stretch of 50 ms.
        var stretch = sampleRate / 20;
        for (var at = (int)(stream.AlgorithmicLatency.TotalSeconds * sampleRate); at + stretch < output.Length; at += stretch)
            Assert.Contains(output.AsSpan(at, stretch).ToArray(), value => value != 0);
        Assert.Equal(0, stream.Statistics.InvalidSamples);
    }

    [Fact]
    public async Task Nothing_is_allocated_for_a_block()
    {
        await using var voice = await TinyVoice.LoadAsync();
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = 48000, BlockLength = 12000 });
        var sound = TinyVoice.Sound(10, 48000).Channel(0);
        var output = new float[stream.BlockLength];
        var before = 0L;
        for (var (block, at) = (0, 0); at + stream.BlockLength <= sound.Length; block++, at += stream.BlockLength)
        {
            if (block == 8) before = GC.GetAllocatedBytesForCurrentThread();
            stream.Process(sound.Slice(at, stream.BlockLength), output);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Silence_stays_silence_and_is_not_converted()
    {
        await using var voice = await TinyVoice.LoadAsync();
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = 44100, BlockLength = 11264 });
        var output = Run(stream, new float[44100 * 3]);
        Assert.DoesNotContain(output, value => value != 0);
        Assert.Equal(stream.Statistics.Blocks, stream.Statistics.Silent);
    }

    [Fact]
    public async Task Not_a_number_never_leaves_a_stream()
    {
        await using var voice = await TinyVoice.LoadAsync();
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = 44100, BlockLength = 11264 });
        var sound = TinyVoice.Sound(2).Channel(0).ToArray();
        for (var i = 0; i < sound.Length; i += 97) sound[i] = i % 2 == 0 ? float.NaN : float.PositiveInfinity;
        Assert.All(Run(stream, sound), value => Assert.True(float.IsFinite(value)));
        Assert.Equal(sound.Take((int)stream.Statistics.Blocks * stream.BlockLength).Count(value => !float.IsFinite(value)), stream.Statistics.InvalidSamples);
    }

    [Fact]
    public async Task A_broken_model_is_silent_and_reported()
    {
        using var folder = new TemporaryFolder();
        var original = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-svc-4.1");
        using (var file = WeightFiles.Open(Path.Combine(original, "G_800.pth")))
        {
            var tensors = file.Names.Where(n => n.StartsWith("model.", StringComparison.Ordinal)).ToDictionary(n => n["model.".Length..], n => file.Get(n).ToTensorData());
            tensors["flow.flows.0.post.bias"].Floats[0] = float.NaN;
            SafetensorsWriter.Write(folder.File("G_0.safetensors"), tensors);
        }

        File.Copy(Path.Combine(original, "config.json"), folder.File("config.json"));
        await using var voice = await VoiceModel.LoadAsync(folder.File("G_0.safetensors"), new()
        {
            EncoderPath = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-contentvec/checkpoint_tiny_legacy.pt"), EncoderName = "vec768l12",
        });
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = 44100, BlockLength = 11264 });
        Assert.All(Run(stream, TinyVoice.Sound(2).Channel(0)), value => Assert.Equal(0, value));
        Assert.True(stream.Statistics.InvalidSamples > 44100);
        var invalid = 0;
        await foreach (var chunk in voice.ConvertStreamingAsync(TinyVoice.Sound(0.5), new() { Pitch = PitchMethod.Praat }))
        {
            Assert.True(chunk.Audio.IsFinite());
            invalid += chunk.InvalidSamples;
        }

        // All of it but what a last frame that is not full leaves.
        Assert.InRange(invalid, 22050 - 512, 22050);
    }

    [Fact]
    public async Task Passthrough_gives_the_input_at_once()
    {
        await using var voice = await TinyVoice.LoadAsync();
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = 44100, BlockLength = 4410 });
        stream.Passthrough = true;
        var sound = TinyVoice.Sound(1).Channel(0);
        Assert.Equal(sound.ToArray(), Run(stream, sound));
    }

    [Fact]
    public async Task A_reset_stream_begins_anew_and_sounds_follow_the_latency()
    {
        await using var voice = await TinyVoice.LoadAsync();
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = 44100, BlockLength = 4410 });
        float[] sound = [.. new float[22050], .. TinyVoice.Sound(1).Channel(0)];
        var output = Run(stream, sound);
        var first = Array.FindIndex(output, value => value != 0);
        // The sound begins at 22050; output blocks are one block late by the caller's gathering, which an offline run has not.
        var expected = 22050 + (stream.AlgorithmicLatency.TotalSeconds * 44100) - stream.BlockLength;
        Assert.InRange(first, expected - (44100 * 0.2), expected + (44100 * 0.05));
        stream.Reset();
        Assert.Equal(0, Run(stream, new float[4410]).Count(value => value != 0));
    }

    [Fact]
    public void A_steady_tone_is_tracked()
    {
        var pitch = new StreamPitch(512.0 / 44100);
        var samples = new float[StreamPitch.Length];
        var seed = 11;
        var random = new Random(seed);
        foreach (var hertz in new[] { 70.0, 147, 220, 440, 800 })
        {
            pitch.Reset();
            var found = 0f;
            for (var frame = 0; frame < 20; frame++)
            {
                for (var i = 0; i < samples.Length; i++)
                {
                    var t = (i / 16000.0) + (frame * 512 / 44100.0);
                    samples[i] = (float)((0.3 * Math.Sin(2 * Math.PI * hertz * t)) + (0.2 * Math.Sin(4 * Math.PI * hertz * t)) + (0.001 * (random.NextDouble() - 0.5)));
                }

                found = pitch.Next(samples);
            }

            Assert.True(Math.Abs(1200 * Math.Log2(found / hertz)) < 10, $"{hertz} Hz was found as {found} Hz, seed {seed}.");
        }
    }

    static float[] Run(VoiceStream stream, ReadOnlySpan<float> sound)
    {
        var blocks = sound.Length / stream.BlockLength;
        var output = new float[blocks * stream.BlockLength];
        for (var i = 0; i < blocks; i++)
            stream.Process(sound.Slice(i * stream.BlockLength, stream.BlockLength), output.AsSpan(i * stream.BlockLength, stream.BlockLength));
        return output;
    }
}
