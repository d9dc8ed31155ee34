using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Synthesis;
using MultiModal.Voice.Training;
using MultiModal.Voice.Training.Networks;

namespace MultiModal.Voice.Tests.Training;

[Trait("Category", "Parity")]
public sealed class TrainingParityTests
{
    // The original's decoder computes its source for this rate whatever the config says.
    const int SourceRate = 44100;

    [Fact]
    public Task A_step_of_training_equals_the_original() => Fixtures.CheckAsync("train-svc", async fixture =>
    {
        var folder = fixture.PathIn("model");
        var config = await VoiceTrainingConfig.LoadAsync(Path.Combine(folder, "config.json"));
        var settings = await SvcConfig.LoadAsync(Path.Combine(folder, "config.json"));
        using var file = WeightFiles.Open(Path.Combine(folder, fixture.Text("checkpoint")));
        using var checkpoint = SvcCheckpoint.Within(file, "model.");
        using var merged = SvcCheckpoint.Open(Path.Combine(folder, fixture.Text("checkpoint")));
        var networks = SynthesizerConfig.Read(merged, settings);
        var spectrum = fixture.Tensors["spec"].Dimensions;
        var objective = new ObjectiveOptions
        {
            Stage = TrainingStage.Full,
            Batch = (int)spectrum[0],
            Frames = (int)spectrum[2],
            SegmentFrames = fixture["segment_frames"].GetInt32(),
            Mel = config.Mel,
            Discriminator = DiscriminatorConfig.Original,
            MelWeight = fixture["c_mel"].GetSingle(),
            DivergenceWeight = fixture["c_kl"].GetSingle(),
        };
        var graph = new Graph();
        // The generator's weights as its file has them; of the discriminator every weight has a norm.
        var normed = WeightNorm.IsNormedIn(checkpoint);
        WeightNorm.Derive(graph, name => normed(name) || IsOfDiscriminator(name) && WeightNorm.IsNormedInOriginal(name));
        var generator = new GeneratorObjective(graph, networks, objective);
        var trained = new ParameterSet();
        trained.Add(generator.Trained, checkpoint);
        var judge = new ParameterSet();
        foreach (var parameter in graph.Parameters.Values.Where(p => IsOfDiscriminator(p.Name!))) judge.Add(parameter.Name!, ProceduralWeights.Of(parameter.Name!, parameter.Shape.ToLongs()));

        await using var session = await TrainingSession.CreateAsync(graph, [new("loss", generator.Loss, trained)], shared: [judge]);
        session.Run(Inputs(fixture, objective, networks));
        fixture.Expect("y_hat", session.Output("audio"));
        fixture.Expect("y_hat_mel", session.Output("audio_mel"));
        // The original reports the distance and the divergence with their weights.
        fixture.Expect("loss_mel", [session.Output("loss_mel").Floats[0] * objective.MelWeight]);
        fixture.Expect("loss_kl", [session.Output("loss_kl").Floats[0] * objective.DivergenceWeight]);
        foreach (var name in (string[])["fm", "gen", "lf0"]) fixture.Expect($"loss_{name}", [session.Output($"loss_{name}").Floats[0]]);
        ExpectGradients(fixture, "g", trained);

        var second = new Graph();
        WeightNorm.Derive(second, WeightNorm.IsNormedInOriginal);
        var lesson = new DiscriminatorObjective(second, DiscriminatorConfig.Original, objective.Batch, objective.SegmentFrames * config.HopLength);
        await using var learning = await TrainingSession.CreateAsync(second, [new("loss", lesson.Loss, judge)]);
        learning.Run(new Dictionary<string, TensorData> { ["real"] = Segments(fixture, config.HopLength, objective), ["made"] = session.Output("audio") });
        fixture.Expect("loss_disc", [learning.Loss("loss")]);
        ExpectGradients(fixture, "d", judge);
    });

    static void ExpectGradients(FixtureCase fixture, string network, ParameterSet parameters)
    {
        var (norms, gradients) = ($"grad_norm_{network}.", $"grad_{network}.");
        foreach (var name in fixture.Tensors.Keys)
        {
            if (name.StartsWith(norms, StringComparison.Ordinal)) fixture.Expect(name, [(float)GradientNormOf(parameters[name[norms.Length..]])]);
            if (name.StartsWith(gradients, StringComparison.Ordinal)) fixture.Expect(name, parameters[name[gradients.Length..]].Gradient);
        }
    }

    static double GradientNormOf(TrainableParameter parameter) => Runtime.Training.Optimizers.GradientNorm.Of([parameter]);

    static Dictionary<string, TensorData> Inputs(FixtureCase fixture, ObjectiveOptions objective, SynthesizerConfig networks)
    {
        var tensors = fixture.Tensors;
        var (batch, frames, segment, hop) = (objective.Batch, objective.Frames, objective.SegmentFrames, networks.Decoder.Hop);
        var pitch = tensors["f0"].Floats;
        var draws = tensors.Where(t => t.Key.StartsWith("draw_", StringComparison.Ordinal)).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value).ToArray();
        var mask = TensorData.Zeros(DType.Float32, batch, 1, frames);
        var selection = TensorData.Zeros(DType.Float32, batch, frames, segment);
        var mel = TensorData.Zeros(DType.Float32, batch, objective.Mel.Mels, segment);
        var count = networks.Decoder.Harmonics;
        var harmonics = TensorData.Of(draws[5].Floats.ToArray(), batch, segment * hop, count);
        for (var b = 0; b < batch; b++)
        {
            var start = (int)tensors["slice_ids"].Longs[b];
            mask.Floats.Slice(b * frames, (int)tensors["lengths"].Longs[b]).Fill(1);
            for (var t = 0; t < segment; t++) selection.Floats[(((b * frames) + start + t) * segment) + t] = 1;
            for (var row = 0; row < objective.Mel.Mels; row++)
                tensors["mel"].Floats.Slice((((b * objective.Mel.Mels) + row) * frames) + start, segment).CopyTo(mel.Floats[(((b * objective.Mel.Mels) + row) * segment)..]);
            var samples = segment * hop * count;
            HarmonicSource.Excite(SourceRate, hop, count, pitch.Slice((b * frames) + start, segment), draws[4].Floats.Slice(b * count, count), harmonics.Floats.Slice(b * samples, samples));
        }

        var inputs = new Dictionary<string, TensorData>
        {
            ["speaker"] = TensorData.Of(tensors["speaker"].Longs.ToArray(), batch),
            ["mask"] = mask,
            ["content"] = tensors["c"],
            ["voiced"] = TensorData.Of(Array.ConvertAll(tensors["uv"].Floats.ToArray(), v => (long)v), batch, frames),
            ["coarse"] = TensorData.Of(CoarsePitch.Quantize(pitch), batch, frames),
            ["spectrum"] = tensors["spec"],
            ["noise"] = draws[2],
            ["selection"] = selection,
            ["harmonics"] = harmonics,
            ["sound"] = Segments(fixture, hop, objective),
            ["mel"] = mel,
        };
        if (networks.VolumeEmbedding) inputs["volume"] = tensors["vol"];
        if (networks.CanPredictPitch)
        {
            inputs["pitch"] = TensorData.Of(pitch.ToArray(), batch, 1, frames);
            inputs["factor"] = TensorData.Of(draws[0].Floats.ToArray(), batch, 1, 1);
        }

        return inputs;
    }

    static TensorData Segments(FixtureCase fixture, int hop, ObjectiveOptions objective)
    {
        var samples = objective.SegmentFrames * hop;
        var whole = fixture.Tensors["y"];
        var result = TensorData.Zeros(DType.Float32, objective.Batch, 1, samples);
        for (var b = 0; b < objective.Batch; b++)
            whole.Floats.Slice((b * (int)whole.Dimensions[2]) + ((int)fixture.Tensors["slice_ids"].Longs[b] * hop), samples).CopyTo(result.Floats[(b * samples)..]);
        return result;
    }

    static bool IsOfDiscriminator(string name) => name.StartsWith("discriminators.", StringComparison.Ordinal);
}
