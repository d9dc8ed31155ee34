using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Testing;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Tests.Synthesis;

[Trait("Category", "Parity")]
public sealed class SynthesizerParityTests
{
    [Fact]
    public Task Inference_equals_the_original() => Fixtures.CheckAsync("svc-infer", async fixture =>
    {
        var folder = fixture.PathIn("model");
        var settings = await SvcConfig.LoadAsync(Path.Combine(folder, "config.json"));
        await using var synthesizer = await Synthesizer.LoadAsync(Path.Combine(folder, fixture.Text("checkpoint")), settings);
        var tensors = fixture.Tensors;
        var changes = tensors.TryGetValue("speaker_mix", out var mix);
        var result = await synthesizer.RunAsync(new()
        {
            Content = tensors["c"].Floats.ToArray(),
            Pitch = tensors["f0"].Floats.ToArray(),
            Voicing = tensors["uv"].Floats.ToArray(),
            Volume = fixture["use_volume"].GetBoolean() ? tensors["vol"].Floats.ToArray() : [],
            SpeakerWeights = changes ? mix!.Floats.ToArray() : OneSpeaker(fixture["speaker"].GetInt32(), synthesizer.Config.SpeakerCount),
            SpeakerChanges = changes,
            NoiseScale = fixture["noise_scale"].GetSingle(),
            Seed = fixture["seed"].GetUInt64(),
            PredictPitch = fixture["predict_f0"].GetBoolean(),
        });
        fixture.Expect("f0_out", result.Pitch);
        fixture.Expect("audio", result.Samples);
    });

    [Fact]
    public void Random_numbers_are_drawn_as_in_the_original() => Fixtures.Check("svc-infer", fixture =>
    {
        var random = new TorchRandom(fixture["seed"].GetUInt64());
        foreach (var (name, expected) in fixture.Tensors.Where(t => t.Key.StartsWith("draw_", StringComparison.Ordinal)).OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            // The mix of speakers was drawn by the case's maker, before the seed was set.
            if (fixture.Tensors.ContainsKey("speaker_mix") && expected.Dimensions.SequenceEqual(fixture.Tensors["speaker_mix"].Dimensions)) continue;
            var drawn = TensorData.Zeros(DType.Float32, [.. expected.Dimensions]);
            if (name.EndsWith("_rand", StringComparison.Ordinal)) random.Uniform(drawn.Floats);
            else random.Normal(drawn.Floats);
            Compare.Close(expected, drawn, 0, $"{fixture.Name}, {name}");
        }
    });

    [Fact]
    public Task The_flow_equals_the_original_in_both_directions() => Fixtures.CheckAsync("svc-flow", async fixture =>
    {
        var (weights, config) = await OpenAsync(fixture);
        using (weights)
        {
            var outputs = await NetworkRun.RunAsync(
                SynthesizerGraphs.Flow(config), weights, new() { ["latent"] = fixture.Tensors["z"], ["speaker"] = fixture.Tensors["g"] });
            fixture.Expect("forward", outputs["forward"]);
            fixture.Expect("reverse", outputs["reverse"]);
        }
    });

    [Fact]
    public Task The_posterior_equals_the_original() => Fixtures.CheckAsync("svc-posterior", async fixture =>
    {
        var (weights, config) = await OpenAsync(fixture);
        using (weights)
        {
            var outputs = await NetworkRun.RunAsync(
                SynthesizerGraphs.Posterior(config), weights,
                new() { ["spectrum"] = fixture.Tensors["spec"], ["noise"] = fixture.Tensors["noise"], ["speaker"] = fixture.Tensors["g"] });
            fixture.Expect("m", outputs["mean"]);
            fixture.Expect("logs", outputs["log_deviation"]);
            fixture.Expect("z", outputs["latent"]);
        }
    });

    internal static float[] OneSpeaker(int speaker, int count)
    {
        var weights = new float[count];
        weights[speaker] = 1;
        return weights;
    }

    static async Task<(Runtime.Weights.IWeightSource Weights, SynthesizerConfig Config)> OpenAsync(FixtureCase fixture)
    {
        var folder = fixture.PathIn("model");
        var settings = await SvcConfig.LoadAsync(Path.Combine(folder, "config.json"));
        var weights = SvcCheckpoint.Open(Path.Combine(folder, fixture.Text("checkpoint")));
        return (weights, SynthesizerConfig.Read(weights, settings));
    }
}
