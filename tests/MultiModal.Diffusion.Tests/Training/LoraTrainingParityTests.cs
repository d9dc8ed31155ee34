using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Training;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

[Trait("Category", "Parity")]
public sealed class LoraTrainingParityTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Losses_gradients_and_steps_equal_the_reference(bool passes) => Fixtures.CheckAsync("train-lora", async fixture =>
    {
        var folder = await DiffusersFolder.OpenAsync(fixture.PathIn("model"), null, default);
        var lora = new LoraLayers(
            "unet", [.. fixture["targets"].EnumerateArray().Select(t => t.GetString()!)], fixture["rank"].GetInt32(), fixture["alpha"].GetSingle());
        var graph = lora.Apply(DiffusionGraphs.UNet(folder.UNet));
        var prediction = graph.Outputs[0].Tensor;
        var target = graph.Input("target", DType.Float32, [.. prediction.Shape]);
        var loss = DenoisingObjective.Loss(prediction, target, graph.Input("weights", DType.Float32, prediction.Shape[0]));
        var parameters = Parameters(fixture, graph, lora);
        using var weights = folder.OpenWeights("unet");
        await using var session = await TrainingSession.CreateAsync(
            graph, [new("loss", loss, parameters)], weights, passes: passes ? null : GraphPasses.None);

        var objective = new DenoisingObjective(folder.Scheduler);
        var timesteps = fixture.Tensors["timesteps"].Longs.ToArray();
        var noisy = objective.AddNoise(fixture.Tensors["latents"], fixture.Tensors["noise"], timesteps);
        fixture.Expect("noisy", noisy);
        float Loss(Func<int, float> weightOf)
        {
            session.Run(new Dictionary<string, TensorData>
            {
                ["sample"] = noisy,
                ["timestep"] = TensorData.Of([.. timesteps.Select(t => (float)t)], timesteps.Length),
                ["encoder_hidden_states"] = fixture.Tensors["encoder_hidden_states"],
                ["target"] = objective.Target(fixture.Tensors["latents"], fixture.Tensors["noise"], timesteps),
                ["weights"] = TensorData.Of([.. Enumerable.Range(0, timesteps.Length).Select(weightOf)], timesteps.Length),
            });
            return session.Loss("loss");
        }

        var rows = timesteps.Length;
        foreach (var name in fixture.Tensors.Keys.Where(name => name.StartsWith("loss.min-snr-", StringComparison.Ordinal)))
        {
            var gamma = float.Parse(name["loss.min-snr-".Length..], System.Globalization.CultureInfo.InvariantCulture);
            fixture.Expect(name, [Loss(row => objective.MinSnrWeight(timesteps[row], gamma) / rows)]);
        }

        if (fixture.Has("prior"))
        {
            var (instances, share) = (fixture["prior"].GetProperty("instance_rows").GetInt32(), fixture["prior"].GetProperty("weight").GetSingle());
            fixture.Expect("loss.prior", [Loss(row => row < instances ? 1f / instances : share / (rows - instances))]);
        }

        fixture.Expect("loss.mse", [Loss(_ => 1f / rows)]);
        foreach (var parameter in parameters) fixture.Expect($"grad.{parameter.Name}", parameter.Gradient);

        var settings = fixture["optimizer"];
        Assert.Equal("AdamW", settings.GetProperty("name").GetString());
        var optimizer = new AdamW(parameters, new()
        {
            LearningRate = settings.GetProperty("lr").GetDouble(),
            Beta1 = settings.GetProperty("betas")[0].GetDouble(),
            Beta2 = settings.GetProperty("betas")[1].GetDouble(),
            Epsilon = settings.GetProperty("eps").GetDouble(),
            WeightDecay = settings.GetProperty("weight_decay").GetDouble(),
        });
        var history = new float[fixture.Tensors["loss_history"].Length];
        for (var step = 0; step < history.Length; step++)
        {
            history[step] = Loss(_ => 1f / rows);
            Assert.True(optimizer.Step().Applied);
        }

        fixture.Expect("loss_history", history);
        foreach (var parameter in parameters) fixture.Expect($"after5.{parameter.Name}", parameter.Value);
    });

    /// <summary>The adapters as the case begins with them; all that it has must be found.</summary>
    static ParameterSet Parameters(FixtureCase fixture, Graph graph, LoraLayers lora)
    {
        var parameters = new ParameterSet();
        foreach (var name in graph.Parameters.Keys.Where(lora.Owns))
        {
            var initial = fixture.Tensors[$"init.{name}"];
            parameters.Add(name, TensorData.Of(initial.Floats.ToArray(), [.. initial.Dimensions]));
        }

        Assert.Equal(
            fixture.Tensors.Keys.Where(k => k.StartsWith("init.", StringComparison.Ordinal)).Select(k => k["init.".Length..]).Order(StringComparer.Ordinal),
            parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        return parameters;
    }
}
