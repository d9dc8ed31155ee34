using System.Text.Json;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Adapters;

/// <summary>Adapters of every format against what diffusers, kohya's scripts and LyCORIS make of them.</summary>
[Trait("Category", "Parity")]
public sealed class LoraParityTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Models_with_adapters_equal_the_reference(bool swapped) => Fixtures.CheckAsync("lora", async fixture =>
    {
        var folder = await DiffusersFolder.OpenAsync(fixture.PathIn("model"), null, default);
        var uses = new List<LoraUse>();
        foreach (var entry in fixture["loras"].EnumerateArray())
            uses.Add(new(await LoraWeights.LoadAsync(Path.Combine(fixture.Folder, entry.GetProperty("file").GetString()!)), entry.GetProperty("weight").GetSingle()) { Strict = true });
        var set = LoraSet.Of(uses, LoraTargets.Of(folder), default)!;
        Assert.All(uses, u => Assert.Empty(u.Weights.UnknownKeys));

        var text = await RunAsync(folder, "text_encoder", DiffusionGraphs.TextEncoder(folder.TextEncoders[0].Config), set, swapped, new() { ["input_ids"] = fixture.Tensors["input_ids"] });
        fixture.Expect("text", text["last_hidden_state"]);
        var output = await RunAsync(folder, "unet", DiffusionGraphs.UNet(folder.UNet), set, swapped, new()
        {
            ["sample"] = fixture.Tensors["sample"], ["timestep"] = fixture.Tensors["timestep"], ["encoder_hidden_states"] = text["last_hidden_state"],
        });
        fixture.Expect("output", output["output"]);
        foreach (var use in uses) use.Weights.Dispose();
    });

    /// <summary>With the changed weights as constants of another network, or bound to the same network in the place of its own.</summary>
    static async Task<IReadOnlyDictionary<string, TensorData>> RunAsync(
        DiffusersFolder folder, string component, Graph graph, LoraSet set, bool swapped, Dictionary<string, TensorData> inputs)
    {
        using var weights = folder.OpenWeights(component);
        var edits = set.EditsOf(component);
        if (!swapped)
        {
            using var edited = new EditedWeights(weights, edits);
            using var merged = await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), edited));
            return merged.Run(inputs);
        }

        // Small weights are constants even so: without passes all others are lent, and those that are not come in first.
        using var own = await NetworkSession.CreateAsync(OnnxWriter.Write(graph, weights), new() { Weights = WeightPlacement.Shared });
        var constant = edits.Where(e => !own.CanChange(e.Key)).ToDictionary(e => e.Key, e => e.Value);
        using var small = new EditedWeights(weights, constant);
        await using var basis = await NetworkSession.CreateAsync(OnnxWriter.Write(graph, small), new() { Weights = WeightPlacement.Shared });
        await using var adapted = await basis.WithWeightsAsync(edits.Where(e => basis.CanChange(e.Key)).ToDictionary(e => e.Key, e => e.Value));
        return adapted.Run(inputs);
    }
}
