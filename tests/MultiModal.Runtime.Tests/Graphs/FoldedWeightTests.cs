using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Sessions;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Graphs;

public class FoldedWeightTests
{
    readonly Graph graph = new();

    [Fact]
    public void Weights_that_are_only_cut_up_are_constants_even_where_others_are_lent()
    {
        Build();
        var optimised = graph.Optimise();
        using var weights = new RandomWeights(optimised, 1);
        var model = OnnxWriter.Write(optimised, weights);
        Assert.Equal(["up.weight"], model.Weights.Where(w => w.IsFolded).Select(w => w.Name));
        var plan = WeightPlan.Make(model, new() { Weights = WeightPlacement.Shared }, Device.Cpu);
        Assert.Equal(["plain.weight"], plan.Lent.Select(w => w.Name));
    }

    [Fact]
    public void A_weight_that_is_an_output_or_also_read_whole_is_not_folded()
    {
        var weight = graph.Parameter("w", DType.Float32, 4, 4);
        graph.Output("part", Ops.Slice(weight, 0, 0, 2));
        using var weights = new RandomWeights(graph, 1);
        Assert.True(OnnxWriter.Write(graph, weights).Weights.Single().IsFolded);
        graph.Output("whole", weight);
        Assert.False(OnnxWriter.Write(graph, weights).Weights.Single().IsFolded);
    }

    [Theory]
    [InlineData(WeightPlacement.Shared)]
    [InlineData(WeightPlacement.Constant)]
    public async Task Sessions_give_the_same_wherever_weights_live(WeightPlacement placement)
    {
        Build();
        using var weights = new RandomWeights(graph, 1);
        var x = Nd.Random(2, 1, 64, 5, 6).ToTensor();
        var expected = GraphRun.Run(graph, weights, false, x)[0];
        await using var session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), weights), new() { Weights = placement });
        Compare.Close(expected, session.Run(new Dictionary<string, TensorData> { ["x"] = x })["y"], 1e-5, placement.ToString());
    }

    void Build()
    {
        var x = Conv.TwoD(graph.Root["plain"], 64, 64, 3, padding: 1).Forward(graph.Input("x", DType.Float32, 1, 64, "h", "w") * 0.04f);
        graph.Output("y", Conv.TwoD(graph.Root["up"], 64, 64, 3, padding: 1).Forward(Ops.Resize(x * 0.04f, [x.Shape[2] * 2, x.Shape[3] * 2])));
    }
}
