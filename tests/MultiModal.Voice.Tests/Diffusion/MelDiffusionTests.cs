using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;
using MultiModal.Voice.Diffusion;
using MultiModal.Voice.Tests.Synthesis;

namespace MultiModal.Voice.Tests.Diffusion;

public sealed class MelDiffusionTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_parameters_are_those_of_the_published_template()
    {
        var shape = new MelDiffusionShape { ContentChannels = 768, Hidden = 256, Channels = 512, Layers = 20, Mels = 128, SpeakerCount = 1 };
        var parameters = MelDiffusionGraphs.Condition(shape, false).Parameters.Concat(MelDiffusionGraphs.Denoiser(shape).Parameters).ToDictionary(p => p.Key, p => p.Value.Shape.ToLongs());
        Assert.Equal([256, 768], parameters["unit_embed.weight"]);
        Assert.Equal([256, 1], parameters["f0_embed.weight"]);
        Assert.Equal([256], parameters["volume_embed.bias"]);
        Assert.Equal([512, 128, 1], parameters["decoder.denoise_fn.input_projection.weight"]);
        Assert.Equal([2048, 512], parameters["decoder.denoise_fn.mlp.0.weight"]);
        Assert.Equal([512, 2048], parameters["decoder.denoise_fn.mlp.2.weight"]);
        Assert.Equal([1024, 512, 3], parameters["decoder.denoise_fn.residual_layers.19.dilated_conv.weight"]);
        Assert.Equal([512, 512], parameters["decoder.denoise_fn.residual_layers.0.diffusion_projection.weight"]);
        Assert.Equal([1024, 256, 1], parameters["decoder.denoise_fn.residual_layers.7.conditioner_projection.weight"]);
        Assert.Equal([1024, 512, 1], parameters["decoder.denoise_fn.residual_layers.7.output_projection.weight"]);
        Assert.Equal([512, 512, 1], parameters["decoder.denoise_fn.skip_projection.weight"]);
        Assert.Equal([128, 512, 1], parameters["decoder.denoise_fn.output_projection.weight"]);
        Assert.Equal(55.2e6, parameters.Values.Sum(s => TensorData.ElementCount(s)), 0.05e6);
    }

    [Fact]
    public async Task The_denoiser_is_the_sum_written_out()
    {
        var shape = TinyDiffusion.Shape;
        var graph = MelDiffusionGraphs.Denoiser(shape);
        var weights = graph.Parameters.ToDictionary(p => p.Key, p => TinyDiffusion.Weights(p.Key, p.Value.Shape.ToLongs()));
        const int Frames = 9;
        var (x, condition) = (TinyDiffusion.Weights("x", [1, shape.Mels, Frames]), TinyDiffusion.Weights("condition", [1, shape.Hidden, Frames]));
        var time = 37.25f;
        using var source = new MemoryWeights(weights);
        var outputs = await NetworkRun.RunAsync(graph, source, new() { ["x"] = x, ["time"] = TensorData.Of([time], 1), ["condition"] = condition });
        Compare.Close(PlainDenoiser.Run(weights, shape, x.Floats.ToArray(), condition.Floats.ToArray(), time, Frames), outputs["noise"].Floats.ToArray(), 1e-4, "noise");
    }

    [Theory]
    [InlineData(MelSampler.DpmSolverPlusPlus)]
    [InlineData(MelSampler.DpmSolver)]
    [InlineData(MelSampler.UniPc)]
    [InlineData(MelSampler.Pndm)]
    [InlineData(MelSampler.Ddim)]
    public async Task Samplers_agree_when_steps_are_many(MelSampler sampler)
    {
        await using var model = await MelDiffusion.LoadAsync(TinyDiffusion.WriteModel(folder.Path));
        var input = Input(6) with { Spectrogram = Spectrogram(6), Steps = 200 };
        var reference = await model.RunAsync(input with { Sampler = MelSampler.DpmSolverPlusPlus, Speedup = 2 }, new TorchRandom(3));
        var result = await model.RunAsync(input with { Sampler = sampler, Speedup = 2 }, new TorchRandom(3));
        // Of spectrograms from -12 to 2.
        Compare.Close(reference, result, 0.05, sampler.ToString());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_spectrogram_and_speakers_differ()
    {
        await using var model = await MelDiffusion.LoadAsync(TinyDiffusion.WriteModel(folder.Path));
        Assert.Equal((32, TinyDiffusion.Mels, 3, 1000, true), (model.ContentChannels, model.Mels, model.SpeakerCount, model.MaximumSteps, model.CanStartFromNoise));
        var input = Input(5);
        var first = await model.RunAsync(input with { Speedup = 100 }, new TorchRandom(3));
        var second = await model.RunAsync(input with { Speedup = 100 }, new TorchRandom(3));
        Assert.Equal(first, second);
        var other = await model.RunAsync(input with { Speedup = 100, SpeakerWeights = new float[] { 0, 1 } }, new TorchRandom(3));
        Assert.NotEqual(first, other);
        // Rows that are all alike are a speaker that does not change.
        var rows = Enumerable.Range(0, 5).SelectMany(_ => new float[] { 1, 0, 0 }).ToArray();
        var byRows = await model.RunAsync(input with { Speedup = 100, SpeakerWeights = rows, SpeakerChanges = true }, new TorchRandom(3));
        Compare.Close(first, byRows, 1e-4, "rows");
    }

    [Fact]
    public async Task A_model_trained_for_refinement_only_does_that_and_no_more()
    {
        await using var model = await MelDiffusion.LoadAsync(TinyDiffusion.WriteModel(folder.Path, kStepMax: 100, method: "unipc"));
        Assert.Equal((100, false, MelSampler.UniPc), (model.MaximumSteps, model.CanStartFromNoise, model.Config.Sampler));
        await Assert.ThrowsAsync<NotSupportedException>(() => model.RunAsync(Input(5), new TorchRandom(3)));
        await Assert.ThrowsAsync<NotSupportedException>(() => model.RunAsync(Input(5) with { Spectrogram = Spectrogram(5), Steps = 101 }, new TorchRandom(3)));
        await Assert.ThrowsAsync<ArgumentException>(() => model.RunAsync(Input(5) with { Spectrogram = Spectrogram(4) }, new TorchRandom(3)));
        // A single step of noise, taken away at once, leaves almost what was given.
        var given = Spectrogram(5);
        var refined = await model.RunAsync(Input(5) with { Spectrogram = given, Steps = 1, Sampler = MelSampler.Ddim }, new TorchRandom(3));
        Compare.Close(given, refined, 0.5, "almost the same");
    }

    [Fact]
    public async Task A_vocoder_makes_a_hop_of_sound_for_each_frame()
    {
        await using var vocoder = await NsfHifiGan.LoadAsync(TinyDiffusion.WriteVocoder(folder.Path));
        Assert.Equal((44100, 512), (vocoder.SampleRate, vocoder.HopLength));
        var mel = Spectrogram(7);
        var pitch = Enumerable.Repeat(220f, 7).ToArray();
        var sound = await vocoder.RunAsync(mel, pitch, new TorchRandom(1));
        Assert.Equal(7 * 512, sound.Length);
        Assert.Contains(sound, v => v != 0);
        var (again, scaled) = (await vocoder.RunAsync(mel, pitch, new TorchRandom(1)), await vocoder.RunAsync(mel, pitch, new TorchRandom(1), toDecimal: true));
        Assert.Equal(sound, again);
        Assert.NotEqual(sound, scaled);
        await Assert.ThrowsAsync<ArgumentException>(() => vocoder.RunAsync(mel, pitch.AsMemory(1), new TorchRandom(1)));
    }

    [Fact]
    public async Task Files_of_another_kind_are_refused_with_what_is_expected()
    {
        var model = TinyDiffusion.WriteModel(folder.Path);
        var vocoder = TinyDiffusion.WriteVocoder(folder.Path);
        File.Copy(Path.Combine(folder.Path, "config.yaml"), Path.Combine(folder.Path, "nsf_hifigan", "config.yaml"));
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => MelDiffusion.LoadAsync(vocoder));
        Assert.Contains("unit_embed", error.Message, StringComparison.Ordinal);
        File.Copy(model, vocoder, overwrite: true);
        await Assert.ThrowsAsync<InvalidFileException>(() => NsfHifiGan.LoadAsync(vocoder));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "nsf_hifigan", "config.json"), """{ "mini_nsf": true }""");
        await Assert.ThrowsAsync<InvalidFileException>(() => NsfHifiGan.LoadAsync(Path.Combine(folder.Path, "nsf_hifigan")));
        await Assert.ThrowsAsync<InvalidFileException>(() => MelDiffusion.LoadAsync(Path.Combine(folder.Path, "model_7.pt")));
    }

    static MelDiffusionInput Input(int frames) => new()
    {
        Content = TinyDiffusion.Weights("content", [32, frames]).Floats.ToArray(),
        Pitch = Enumerable.Repeat(200f, frames).ToArray(),
        Volume = Enumerable.Repeat(0.1f, frames).ToArray(),
        SpeakerWeights = new float[] { 1 },
    };

    static float[] Spectrogram(int frames) => [.. Enumerable.Range(0, TinyDiffusion.Mels * frames).Select(i => -5 + (3 * MathF.Sin(i * 0.7f)))];
}
