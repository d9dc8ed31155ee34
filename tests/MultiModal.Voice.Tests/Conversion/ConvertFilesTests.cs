using MultiModal.Audio;
using MultiModal.Testing;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Tests.Conversion;

public sealed class ConvertFilesTests : IDisposable
{
    static readonly ConversionOptions Plain = new() { Pitch = PitchMethod.Praat };
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Many_files_sound_as_each_alone()
    {
        await using var voice = await TinyVoice.LoadAsync();
        double[] lengths = [0.8, 1.0, 0.9, 0.3, 1.1];
        var files = lengths.Select((seconds, i) =>
        {
            WavFile.Write(folder.File($"in{i}.wav"), TinyVoice.Sound(seconds, 22050 + (i % 2 * 22050)));
            return new FileConversion(folder.File($"in{i}.wav"), folder.File($"out{i}.wav"));
        }).ToArray();
        var seen = new Reports();
        var results = await voice.ConvertFilesAsync(files, Plain with { MaxBatch = 3 }, WavEncoding.Float32, seen);
        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Equal(1, seen.Values[^1], 1e-9);
        Assert.Equal(seen.Values.Order(), seen.Values);
        foreach (var file in files)
        {
            var alone = await voice.ConvertAsync(WavFile.Read(file.InputPath), Plain);
            Compare.Close(alone.Channel(0), WavFile.Read(file.OutputPath).Channel(0), 1e-4, file.OutputPath);
        }
    }

    [Fact]
    public async Task A_broken_file_does_not_stop_the_others()
    {
        await using var voice = await TinyVoice.LoadAsync();
        WavFile.Write(folder.File("good.wav"), TinyVoice.Sound(0.4));
        folder.Write("bad.wav", "no sound"u8);
        var results = await voice.ConvertFilesAsync(
            [new(folder.File("bad.wav"), folder.File("a.wav")), new(folder.File("good.wav"), folder.File("b.wav")), new(folder.File("none.wav"), folder.File("c.wav"))],
            Plain with { MaxBatch = 2 });
        Assert.IsType<InvalidFileException>(results[0].Error);
        Assert.Null(results[1].Error);
        Assert.NotNull(results[2].Error);
        Assert.Equal(["b.wav", "bad.wav", "good.wav"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Slices_of_one_file_run_together_and_keep_their_order()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var input = TinyVoice.Sound(6);
        var options = Plain with { Clip = TimeSpan.FromSeconds(1), Overlap = TimeSpan.FromSeconds(0.2) };
        var one = await voice.ConvertAsync(input, options);
        var many = await voice.ConvertAsync(input, options with { MaxBatch = 4 });
        Compare.Close(one.Channel(0), many.Channel(0), 1e-4, "batched");
    }

    [Fact]
    public async Task Cancelling_stops_all_that_is_under_way()
    {
        await using var voice = await TinyVoice.LoadAsync();
        var input = TinyVoice.Sound(12);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in voice.ConvertStreamingAsync(input, Plain with { Clip = TimeSpan.FromSeconds(1), MaxBatch = 4 }, null, cancel.Token)) await cancel.CancelAsync();
        });

        // Leaving the enumeration ends what was converted ahead, too: the model can be disposed at once.
        await foreach (var _ in voice.ConvertStreamingAsync(input, Plain with { Clip = TimeSpan.FromSeconds(1), MaxBatch = 4 })) break;
    }

    [Fact]
    public void Sequences_alike_in_length_form_groups_within_limits()
    {
        var batcher = new SynthesisBatcher(null!, 3, TimeSpan.Zero);
        int[] Lengths(List<SynthesisBatcher.Waiting> group) => [.. group.Select(w => w.Frames)];
        var groups = batcher.Groups(new[] { 100, 90, 400, 80, 76, 350, 3900, 20 }.Select(Waiting)).Select(Lengths).ToList();
        Assert.Equal([[3900], [400, 350], [100, 90, 80], [76], [20]], groups);
        Assert.Equal(2, batcher.Groups([Waiting(50), Waiting(50) with { Input = Waiting(50).Input with { PredictPitch = true } }]).Count());
    }

    static SynthesisBatcher.Waiting Waiting(int frames) =>
        new(new SynthesizerInput { Content = default, Pitch = new float[frames], Voicing = default, SpeakerWeights = default }, new());

    sealed class Reports : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
