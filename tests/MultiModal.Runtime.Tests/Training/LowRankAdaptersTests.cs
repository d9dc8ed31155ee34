using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Tests.Graphs;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Tests.Training;

public class LowRankAdaptersTests
{
    [Fact]
    public void An_adapted_layer_is_the_layer_with_the_product_added_to_its_weight()
    {
        var adapted = LowRankAdapters.Apply(Network(), name => name == "other.weight" ? null : new($"{name}.down", $"{name}.up", 2, 0.5f));
        var set = new ParameterSet();
        set.AddFresh(adapted, new TorchRandom(1));
        var (x, sound) = (new TorchRandom(2).Normal(2, 3, 5), new TorchRandom(3).Normal(1, 4, 9));

        var merged = new ParameterSet();
        foreach (var name in (string[])["linear.weight", "conv.weight"])
        {
            var (weight, down, up) = (set[name].Value, set[$"{name}.down"].Value, set[$"{name}.up"].Value);
            var (rows, columns) = (weight.Dimensions[0], weight.Length / weight.Dimensions[0]);
            var sum = weight.Floats.ToArray();
            for (var i = 0; i < rows; i++)
                for (var k = 0; k < columns; k++)
                    for (var r = 0; r < 2; r++) sum[(i * columns) + k] += 0.5f * up.Floats[(i * 2) + r] * down.Floats[(int)((r * columns) + k)];
            merged.Add(name, TensorData.Of(sum, [.. weight.Dimensions]));
        }

        foreach (var name in (string[])["other.weight", "linear.bias", "conv.bias"]) merged.Add(name, set[name].Value);
        var expected = GraphRun.Run(Network(), merged.AsWeights(), false, x, sound);
        var actual = GraphRun.Run(adapted, set.AsWeights(), false, x, sound);
        for (var i = 0; i < expected.Length; i++) MultiModal.Testing.Compare.Close(expected[i], actual[i], 1e-5, $"output {i}");
    }

    [Fact]
    public void Candidates_are_the_weights_of_linear_layers_and_convolutions() =>
        Assert.Equal(["linear.weight", "other.weight", "conv.weight"], LowRankAdapters.Candidates(Network()));

    static Graph Network()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 2, 3, 5);
        var sound = graph.Input("sound", DType.Float32, 1, 4, 9);
        graph.Output("y", new Linear(graph.Root["other"], 4, 2, bias: false).Forward(new Linear(graph.Root["linear"], 5, 4).Forward(x)));
        graph.Output("z", Conv.OneD(graph.Root["conv"], 4, 6, 3, stride: 2, padding: 1).Forward(sound));
        return graph;
    }
}
