using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Tests.Sessions;
using MultiModal.Runtime.Training;

namespace MultiModal.Runtime.Tests.Training;

[Collection(SessionCollection.Name)]
public class RecomputationTests
{
    [Fact]
    public async Task Gradients_are_the_same_and_the_parts_are_computed_twice()
    {
        var (kept, plain) = await GradientsOf([]);
        var (again, recomputed) = await GradientsOf(["blocks.0.", "blocks.1."]);
        Assert.Equal(plain.Keys, recomputed.Keys);
        foreach (var (name, gradient) in plain) MultiModal.Testing.Compare.Close(gradient, recomputed[name], 1e-6, name);

        // Of each block the first convolution is needed again; what comes after its last activation is not.
        Assert.Equal(kept["Conv"] + 2, again["Conv"]);
        Assert.Equal(kept["Sigmoid"] + 4, again["Sigmoid"]);
    }

    [Fact]
    public void A_part_that_nothing_belongs_to_is_an_error()
    {
        var (graph, loss) = Network();
        Assert.Throws<ArgumentException>(() => Gradients.Of(loss, [graph.Parameters["head.weight"]], ["blocks.7."]));
    }

    static async Task<(IReadOnlyDictionary<string, int> Operations, Dictionary<string, TensorData> Gradients)> GradientsOf(IReadOnlyList<string> recompute)
    {
        var (graph, loss) = Network();
        var parameters = new ParameterSet();
        parameters.AddFresh(graph, new TorchRandom(1));
        await using var session = await TrainingSession.CreateAsync(graph, [new("loss", loss, parameters) { Recompute = recompute }]);
        session.Run(new Dictionary<string, TensorData> { ["x"] = new TorchRandom(2).Normal(2, 4, 6, 6) });
        return (graph.CountOperations(), parameters.ToDictionary(p => p.Name, p => p.Gradient));
    }

    static (Graph Graph, Tensor Loss) Network()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 2, 4, 6, 6);
        x = Conv.TwoD(graph.Root["head"], 4, 8, 3, padding: 1).Forward(x);
        for (var n = 0; n < 3; n++)
        {
            var block = graph.Root["blocks"][n];
            var inner = Conv.TwoD(block["conv1"], 8, 8, 3, padding: 1).Forward(Ops.Silu(new GroupNorm(block["norm1"], 2, 8).Forward(x)));
            x += Conv.TwoD(block["conv2"], 8, 8, 3, padding: 1).Forward(Ops.Silu(new GroupNorm(block["norm2"], 2, 8).Forward(inner)));
        }

        return (graph, Ops.Mean(x * x));
    }
}
