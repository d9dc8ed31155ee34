using MultiModal.Runtime.Random;
using MultiModal.Testing;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Tests.Synthesis;

public sealed class BatchTests
{
    // What the decoder's convolutions see of what follows a shorter sequence.
    const int Edge = 12;

    [Theory]
    [InlineData("tiny-svc-4.0", false, false)]
    [InlineData("tiny-svc-4.1", true, false)]
    [InlineData("tiny-svc-4.1", true, true)]
    [InlineData("tiny-svc-4.1-transformer-flow", false, true)]
    [InlineData("tiny-svc-4.1-depthwise", false, false)]
    [InlineData("tiny-svc-4.1-snake", false, false)]
    public async Task Sequences_sound_together_as_alone(string model, bool predict, bool changes)
    {
        var folder = RepositoryFolder.PathOf($"tests/Fixtures/voice/models/{model}");
        await using var synthesizer = await Synthesizer.LoadAsync(Path.Combine(folder, "G_800.pth"), await SvcConfig.LoadAsync(Path.Combine(folder, "config.json")));
        var inputs = new[] { 60, 47, 60, 51 }.Select((frames, i) => Input(synthesizer.Config, frames, (ulong)i, predict, changes)).ToArray();
        var together = await synthesizer.RunBatchAsync(inputs);
        for (var i = 0; i < inputs.Length; i++)
        {
            var alone = await synthesizer.RunAsync(inputs[i]);
            Assert.Equal(alone.Samples.Length, together[i].Samples.Length);
            Compare.Close(alone.Pitch, together[i].Pitch, 1e-2, $"pitch {i}");
            var kept = (alone.Pitch.Length - (alone.Pitch.Length < 60 ? Edge : 0)) * 512;
            // The source's phase adds up the rounding of the pitch where that is predicted.
            Compare.Close(alone.Samples.AsSpan(0, kept), together[i].Samples.AsSpan(0, kept), predict ? 5e-3 : 1e-4, $"sound {i}");
        }
    }

    [Fact]
    public async Task Sequences_of_different_kinds_do_not_run_together()
    {
        var folder = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-svc-4.1");
        await using var synthesizer = await Synthesizer.LoadAsync(Path.Combine(folder, "G_800.pth"), await SvcConfig.LoadAsync(Path.Combine(folder, "config.json")));
        await Assert.ThrowsAsync<ArgumentException>(() => synthesizer.RunBatchAsync([Input(synthesizer.Config, 20, 1, false, false), Input(synthesizer.Config, 20, 1, true, false)]));
        Assert.Empty(await synthesizer.RunBatchAsync([]));
    }

    static SynthesizerInput Input(SynthesizerConfig config, int frames, ulong seed, bool predict, bool changes)
    {
        var random = new TorchRandom(seed);
        var content = new float[config.ContentChannels * frames];
        random.Normal(content);
        var weights = new float[(changes ? frames : 1) * config.SpeakerCount];
        random.Uniform(weights);
        return new()
        {
            Content = content,
            Pitch = Enumerable.Range(0, frames).Select(t => 180f + (40 * MathF.Sin((t * 0.2f) + seed))).ToArray(),
            Voicing = Enumerable.Range(0, frames).Select(t => t % 9 < 7 ? 1f : 0).ToArray(),
            Volume = config.VolumeEmbedding ? Enumerable.Repeat(0.1f, frames).ToArray() : [],
            SpeakerWeights = weights,
            SpeakerChanges = changes,
            PredictPitch = predict && config.CanPredictPitch,
            Seed = seed,
        };
    }
}
