using MultiModal.Audio;
using MultiModal.Testing;
using MultiModal.Voice.Tests.Conversion;
using MultiModal.Voice.Training.Data;

namespace MultiModal.Voice.Tests.Training;

public sealed class DatasetPreparationTests
{
    [Fact]
    public async Task Bad_recordings_are_reported_file_by_file_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "ann/good.wav", TinyVoice.Sound(2));
        Write(folder, "ann/stereo.wav", TinyVoice.Sound(2, channels: 2));
        Write(folder, "ann/rate.wav", TinyVoice.Sound(2, 22050));
        Write(folder, "ann/deep.wav", TinyVoice.Sound(2), WavEncoding.Pcm24);
        Write(folder, "ann/silent.wav", AudioClip.Silence(44100, new(44100)));
        Write(folder, "ann/short.wav", TinyVoice.Sound(0.2));
        Write(folder, "ann/cut.wav", TinyVoice.Sound(2));
        await using (var file = File.OpenWrite(folder.File("in/ann/cut.wav"))) file.SetLength(file.Length / 2);
        await File.WriteAllTextAsync(folder.File("in/ann/text.wav"), "not a sound");

        var report = await DatasetPreparation.RunAsync(folder.File("in"), folder.File("out"));

        var problems = report.Files.ToDictionary(f => Path.GetFileNameWithoutExtension(f.Path), f => f.Problem);
        Assert.Null(problems["good"]);
        Assert.Contains("2 channels", problems["stereo"], StringComparison.Ordinal);
        Assert.Contains("22050 Hz", problems["rate"], StringComparison.Ordinal);
        Assert.Contains("Pcm24", problems["deep"], StringComparison.Ordinal);
        Assert.Contains("silent", problems["silent"], StringComparison.Ordinal);
        Assert.Contains("0.20 s long", problems["short"], StringComparison.Ordinal);
        Assert.NotNull(problems["cut"]);
        Assert.NotNull(problems["text"]);
        Assert.Equal(7, report.Dropped.Count());
        foreach (var dropped in report.Dropped) Assert.Contains(dropped.Path, report.ToString(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.File("out/ann")));
    }

    [Fact]
    public async Task Speakers_are_numbered_by_name()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["zoe", "Bob", "ann"]) Write(folder, $"{name}/a.wav", TinyVoice.Sound(1));
        Write(folder, "mute/a.wav", AudioClip.Silence(44100, new(44100)));
        var report = await DatasetPreparation.RunAsync(folder.File("in"), folder.File("out"));
        Assert.Equal([("Bob", 0), ("ann", 1), ("zoe", 2)], report.Speakers.OrderBy(s => s.Value).Select(s => (s.Key, s.Value)));
    }

    [Fact]
    public async Task Clips_have_the_models_rate_full_loudness_and_the_variants_asked_for()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "ann/a.wav", TinyVoice.Sound(2, 44100));
        var report = await DatasetPreparation.RunAsync(folder.File("in"), folder.File("out"), new() { SampleRate = 16000, Speeds = [0.9, 1.15], PitchShifts = [-2, 2] });
        var clips = Directory.GetFiles(folder.File("out/ann")).ToDictionary(f => Path.GetFileNameWithoutExtension(f), f => WavFile.Read(f));
        Assert.Equal(["a_000", "a_000_pitch+2.00", "a_000_pitch-2.00", "a_000_speed0.90", "a_000_speed1.15"], clips.Keys.Order(StringComparer.Ordinal));
        Assert.All(clips.Values, c => Assert.Equal(16000, c.SampleRate));
        Assert.InRange(clips["a_000"].Channel(0).ToArray().Max(MathF.Abs), 0.99f, 1f);
        Assert.Equal(2 / 0.9, clips["a_000_speed0.90"].Duration.TotalSeconds, 2);
        Assert.Equal(5, report.Files[0].Clips);
        Assert.Equal(report.Duration.TotalSeconds, clips.Values.Sum(c => c.Duration.TotalSeconds), 3);
    }

    [Fact]
    public async Task Long_recordings_are_cut_at_silences_and_by_force()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "ann/pause.wav", TinyVoice.Sound(20, 16000, pause: true));
        Write(folder, "ann/endless.wav", TinyVoice.Sound(20, 16000));
        var report = await DatasetPreparation.RunAsync(folder.File("in"), folder.File("out"), new() { SampleRate = 16000, LongestClip = TimeSpan.FromSeconds(9) });
        var lengths = Directory.GetFiles(folder.File("out/ann")).ToDictionary(f => Path.GetFileNameWithoutExtension(f), f => WavFile.Read(f).Duration.TotalSeconds);
        Assert.All(lengths.Values, l => Assert.InRange(l, 0.5, 9));
        Assert.Equal(20, lengths.Where(l => l.Key.StartsWith("endless", StringComparison.Ordinal)).Sum(l => l.Value), 3);
        // The pause of four seconds, of which half a second stays at either side.
        Assert.InRange(lengths.Where(l => l.Key.StartsWith("pause", StringComparison.Ordinal)).Sum(l => l.Value), 16, 17.5);
        Assert.Empty(report.Dropped);
    }

    [Fact]
    public async Task Time_stamps_that_do_not_fit_are_noted()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "ann/a.wav", TinyVoice.Sound(1));
        Write(folder, "ann/b.wav", TinyVoice.Sound(1));
        await File.WriteAllTextAsync(folder.File("in/ann/a.json"), """[{"phone": "a", "start": 0, "end": 7}]""");
        await File.WriteAllTextAsync(folder.File("in/ann/b.TextGrid"), "nonsense");
        var report = await DatasetPreparation.RunAsync(folder.File("in"), folder.File("out"));
        Assert.All(report.Files, f => Assert.Single(f.Notes));
        Assert.Contains("the phonemes end at 7 s", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_without_recordings_and_outputs_among_them_are_refused()
    {
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<InvalidFileException>(() => DatasetPreparation.RunAsync(folder.File("nowhere"), folder.File("out")));
        Directory.CreateDirectory(folder.File("in/ann"));
        await Assert.ThrowsAsync<InvalidFileException>(() => DatasetPreparation.RunAsync(folder.File("in"), folder.File("out")));
        Write(folder, "ann/a.wav", TinyVoice.Sound(1));
        await Assert.ThrowsAsync<ArgumentException>(() => DatasetPreparation.RunAsync(folder.File("in"), folder.File("in/out")));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => DatasetPreparation.RunAsync(folder.File("in"), folder.File("out"), new() { Speeds = [1.3] }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => DatasetPreparation.RunAsync(folder.File("in"), folder.File("out"), new() { PitchShifts = [3] }));
    }

    static void Write(TemporaryFolder folder, string name, AudioClip clip, WavEncoding encoding = WavEncoding.Pcm16)
    {
        var path = folder.File(Path.Combine("in", name));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WavFile.Write(path, clip, encoding);
    }
}
