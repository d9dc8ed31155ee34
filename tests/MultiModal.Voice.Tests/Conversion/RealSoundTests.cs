using MultiModal.Audio;
using MultiModal.Benchmarks.Voice;
using MultiModal.Testing;
using MultiModal.Voice.Conversion;

namespace MultiModal.Voice.Tests.Conversion;

/// <summary>
/// A sentence spoken by a speech synthesiser goes through everything at full size, weights being generated: what comes out is no speech, but of the right length, finite
/// and sounding where the sentence sounds. MULTIMODAL_LONG_SOUND=30 makes the long file half an hour (a few seconds by default).
/// </summary>
public sealed class RealSoundTests : IClassFixture<RealSoundTests.FullSize>
{
    static readonly ConversionOptions Plain = new() { Pitch = PitchMethod.Praat };
    static readonly AudioClip Sentence = WavFile.Read(RepositoryFolder.PathOf("tests/MultiModal.Voice.Tests/Conversion/Sounds/sentence.wav"));

    readonly FullSize full;

    public RealSoundTests(FullSize full) => this.full = full;

    [Theory]
    [InlineData(8000, 2, 0.02)]
    [InlineData(44100, 1, 2.5)]
    [InlineData(96000, 2, 0.4)]
    public async Task A_sentence_goes_through_everything(int sampleRate, int channels, double seconds)
    {
        var sound = Spoken(sampleRate, channels, seconds);
        var pitches = new List<float>();
        var parts = new List<AudioClip>();
        await foreach (var chunk in full.Voice.ConvertStreamingAsync(sound, Plain))
        {
            Assert.Equal(0, chunk.InvalidSamples);
            parts.Add(chunk.Audio);
            pitches.AddRange(chunk.SourcePitch);
        }

        var output = AudioClip.Concatenate([.. parts]);
        Assert.Equal((44100, 1), (output.SampleRate, output.Channels));
        Assert.Equal((((long)sound.FrameCount * 44100) + sampleRate - 1) / sampleRate, output.FrameCount);
        Assert.True(output.IsFinite());
        if (seconds < 0.3) return;
        Assert.Contains(output.Channel(0).ToArray(), v => v != 0);
        // The synthesiser's voice is a man's.
        var voiced = pitches.Where(p => p > 0).Order().ToArray();
        Assert.InRange(voiced.Length, pitches.Count / 4, pitches.Count);
        Assert.InRange(voiced[voiced.Length / 2], 70, 160);
    }

    [Fact]
    public async Task A_stream_hears_the_sentence_too()
    {
        using var stream = await full.Voice.OpenStreamAsync(new() { SampleRate = 48000, BlockLength = 12000 });
        var sound = Spoken(48000, 1, 2.5).Channel(0).ToArray();
        var (block, sounding) = (new float[stream.BlockLength], 0);
        for (var at = 0; at + stream.BlockLength <= sound.Length; at += stream.BlockLength)
        {
            stream.Process(sound.AsSpan(at, stream.BlockLength), block);
            Assert.All(block, v => Assert.True(float.IsFinite(v)));
            if (block.Any(v => Math.Abs(v) > 1e-4)) sounding++;
        }

        Assert.InRange(sounding, 6, 10);
        Assert.Equal(0, stream.Statistics.InvalidSamples);
    }

    [Fact]
    public async Task A_long_file_is_converted_in_bounded_memory()
    {
        // With the tiny model: what grows with length is around the networks, not in them.
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("MULTIMODAL_LONG_SOUND"), System.Globalization.CultureInfo.InvariantCulture, out var wanted) ? wanted : 0.4;
        await using var voice = await TinyVoice.LoadAsync();
        using var folder = new TemporaryFolder();
        var (input, output) = (folder.File("long.wav"), folder.File("converted.wav"));
        var turn = AudioClip.Concatenate(Spoken(44100, 1, 2.5), AudioClip.Silence(22050, new(44100)));
        var frames = 0L;
        await using (var writer = WavWriter.Create(input, new(44100), WavEncoding.Pcm16))
            for (; frames < minutes * 60 * 44100; frames += turn.FrameCount) await writer.WriteAsync(turn.ChannelMemory(0));
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = new Peak();
        await voice.ConvertFileAsync(input, output, Plain with { LongestSlice = TimeSpan.FromSeconds(20) }, progress: most);
        using var reader = WavReader.Open(output);
        Assert.Equal(frames, reader.FrameCount);
        // A window of five minutes and a slice: neither the file nor the result as a whole, which at half an hour are 640 MB as numbers.
        Assert.InRange(most.Bytes - before, long.MinValue, 300L << 20);
    }

    /// <summary>The sentence, again and again, at a rate, in every channel.</summary>
    static AudioClip Spoken(int sampleRate, int channels, double seconds)
    {
        var once = new Resampler(Sentence.SampleRate, sampleRate).Resample(Sentence.Channel(0).ToArray());
        var frames = (int)(seconds * sampleRate);
        var samples = new float[frames * channels];
        for (var i = 0; i < samples.Length; i++) samples[i] = once[i % frames % once.Length];
        return new(samples, sampleRate, channels);
    }

    sealed class Peak : IProgress<ConversionProgress>
    {
        public long Bytes { get; private set; }

        public void Report(ConversionProgress value) => Bytes = Math.Max(Bytes, GC.GetTotalMemory(forceFullCollection: true));
    }

    /// <summary>The model of full size, written and loaded once.</summary>
    public sealed class FullSize : IAsyncLifetime, IDisposable
    {
        readonly TemporaryFolder folder = new();

        public VoiceModel Voice { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            FullSizeVoice.Write(folder.Path);
            Voice = await VoiceModel.LoadAsync(FullSizeVoice.Generator(folder.Path));
        }

        public async Task DisposeAsync() => await Voice.DisposeAsync();

        public void Dispose() => folder.Dispose();
    }
}
