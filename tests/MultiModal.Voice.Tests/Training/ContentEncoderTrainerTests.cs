using MultiModal.Testing;
using MultiModal.Voice.Content;
using MultiModal.Voice.Training.Data;
using MultiModal.Voice.Training.Encoders;

namespace MultiModal.Voice.Tests.Training;

public sealed class ContentEncoderTrainerTests
{
    static readonly ContentEncoderOptions Options = new()
    {
        Labels = ["pause", "low", "high"], ConvChannels = [16, 16, 16], Hidden = 16, Intermediate = 32, Heads = 2, Layers = 2, UnitLayer = 1, Steps = 80, Batch = 4, Units = 30,
        LearningRate = 5e-3,
    };

    [Fact]
    public async Task It_learns_to_tell_sounds_apart_and_gives_units()
    {
        using var folder = new TemporaryFolder();
        var seen = new List<EncoderProgress>();
        await ContentEncoderTrainer.TrainAsync([Speech(1), Speech(2)], [Speech(3)], folder.Path, Options, progress: new Listener(seen.Add));
        Assert.Equal(80, seen.Count);
        Assert.True(seen.TakeLast(5).Average(p => p.Accuracy) > 0.8, $"accuracy {seen[^1].Accuracy}");
        Assert.True(seen[^1].HeldOut > 0.8);
        await using var encoder = await ContentEncoders.LoadAsync("hubert", folder.Path, []);
        Assert.Equal(16, encoder.Channels);
        // A kernel of 320 and two of 2 see 560 samples.
        Assert.Equal(((16000 - 560) / 320) + 1, (await encoder.EncodeAsync(new float[16000])).Frames);
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (var wrong in (ContentEncoderOptions[])[Options with { UnitLayer = 3 }, Options with { ConvStrides = [80, 2, 4] }, Options with { Heads = 3 }, Options with { Labels = ["a"] }])
            await Assert.ThrowsAnyAsync<ArgumentException>(() => ContentEncoderTrainer.TrainAsync([Speech(1)], [], folder.Path, wrong));
        await Assert.ThrowsAsync<ArgumentException>(() => ContentEncoderTrainer.TrainAsync([], [], folder.Path, Options));
    }

    /// <summary>Tones of two frequencies, each with its label, with pauses between.</summary>
    static LabelledSpeech Speech(int seed)
    {
        var random = new Random(seed);
        var samples = new short[16000 * 2];
        var phonemes = new List<PhonemeInterval>();
        for (var i = 0; i < 10; i++)
        {
            var high = random.Next(2) == 1;
            var (start, end) = (0.2 * i, (0.2 * i) + 0.15);
            phonemes.Add(new(high ? "high" : "low", start, end));
            for (var n = (int)(start * 16000); n < end * 16000; n++) samples[n] = (short)(8000 * Math.Sin(2 * Math.PI * n * (high ? 2500 : 400) / 16000));
        }

        return new(samples, phonemes);
    }

    sealed class Listener(Action<EncoderProgress> seen) : IProgress<EncoderProgress>
    {
        public void Report(EncoderProgress value) => seen(value);
    }
}
