using MultiModal.Audio;
using MultiModal.Testing;
using MultiModal.Voice.Tests.Conversion;

namespace MultiModal.Voice.Tests.Training;

public sealed class VoiceDatasetTests
{
    // One call more than there are clips: the probe.
    const int Probe = 1, Clips = 8;

    [Fact]
    public async Task Units_and_pitch_are_computed_once()
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (new PlainEncoder(), new PlainEncoder());
        var data = await TinyTraining.DataAsync(folder, first);
        var again = await TinyTraining.DataAsync(folder, second);
        Assert.Equal(Probe + Clips, first.Calls);
        Assert.Equal(Probe, second.Calls);
        Assert.Equal((data.Count, data.Duration), (again.Count, again.Duration));
        Assert.Equal(data.Training[0].Units[0], again.Training[0].Units[0]);
        Assert.Equal(data.Training[0].Pitch.Hertz.ToArray(), again.Training[0].Pitch.Hertz.ToArray());
    }

    [Fact]
    public async Task They_are_computed_anew_when_the_clip_or_the_encoder_is_another()
    {
        using var folder = new TemporaryFolder();
        await TinyTraining.DataAsync(folder);
        WavFile.Write(folder.File("clips/s0/2.wav"), TinyVoice.Sound(1, 16000));
        var changed = new PlainEncoder();
        await TinyTraining.DataAsync(folder, changed);
        Assert.Equal(Probe + 1, changed.Calls);
        var other = new PlainEncoder(scale: 2);
        await TinyTraining.DataAsync(folder, other);
        Assert.Equal(Probe + Clips, other.Calls);
    }

    [Fact]
    public async Task Half_a_file_of_features_is_made_again()
    {
        using var folder = new TemporaryFolder();
        await TinyTraining.DataAsync(folder);
        await using (var file = File.OpenWrite(folder.File("clips/s0/1.features.safetensors"))) file.SetLength(file.Length / 2);
        var encoder = new PlainEncoder();
        await TinyTraining.DataAsync(folder, encoder);
        Assert.Equal(Probe + 1, encoder.Calls);
    }

    [Fact]
    public async Task Clips_of_another_rate_are_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("clips/s0"));
        WavFile.Write(folder.File("clips/s0/x.wav"), TinyVoice.Sound(1, 22050));
        Assert.Contains("22050", (await Assert.ThrowsAsync<InvalidFileException>(() => TinyTraining.DataAsync(folder))).Message, StringComparison.Ordinal);
    }
}
