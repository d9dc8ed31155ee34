using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs;

public class GraphCostTests
{
    readonly Graph graph = new();

    [Fact]
    public void Products_are_counted_by_their_definition()
    {
        var x = graph.Input("x", DType.Float32, "b", 6, "t");
        graph.Output("conv", Conv.OneD(graph.Root["a"], 6, 8, 3, stride: 2, padding: 1, groups: 2).Forward(x));
        graph.Output("transposed", new ConvTranspose(graph.Root["b"], 6, 4, 4, 2, 1).Forward(x));
        graph.Output("product", Ops.MatMul(x, Ops.Transpose(x, 0, 2, 1)));
        var (b, t) = (2, 10);
        var cost = GraphCost.Of(graph, new Dictionary<string, long> { ["b"] = b, ["t"] = t });
        Assert.Equal(b * 8 * (t / 2) * 3 * 3, cost.ByOperation["Conv"]);
        Assert.Equal(b * t * 6 * 4 * 4, cost.ByOperation["ConvTranspose"]);
        Assert.Equal(b * 6 * 6 * t, cost.ByOperation["MatMul"]);
        Assert.Equal(cost.ByOperation.Values.Sum(), cost.MultiplyAdds);
        Assert.Equal(2.0 * cost.MultiplyAdds, cost.FloatingPointOperations);
    }

    [Fact]
    public void Recurrent_layers_are_counted_at_each_step()
    {
        var x = graph.Input("x", DType.Float32, 7, 2, 3);
        graph.Output("y", Ops.Gru(x, graph.Parameter("w", DType.Float32, 2, 12, 3), graph.Parameter("r", DType.Float32, 2, 12, 4), graph.Parameter("b", DType.Float32, 2, 24)).All);
        Assert.Equal(7 * 2 * 2 * ((12 * 3) + (12 * 4)), GraphCost.Of(graph).MultiplyAdds);
    }

    [Fact]
    public void Fusing_attention_and_linear_layers_changes_no_count()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        var heads = Heads.Split(new Linear(graph.Root["q"], 16, 16).Forward(x), 4);
        graph.Output("y", Ops.Relu(new Linear(graph.Root["o"], 16, 32).Forward(Heads.Join(Ops.Attention(heads, heads, heads)))));
        var sizes = new Dictionary<string, long> { ["b"] = 3, ["t"] = 5 };
        var optimised = GraphCost.Of(graph.Optimise(), sizes);
        Assert.Equal(["MatMul", "MultiHeadAttention"], optimised.ByOperation.Keys);
        Assert.Equal(GraphCost.Of(graph, sizes).MultiplyAdds, optimised.MultiplyAdds);
    }

    [Fact]
    public void A_symbol_without_a_value_is_an_error()
    {
        graph.Output("y", new Linear(graph.Root["q"], 16, 16).Forward(graph.Input("x", DType.Float32, "b", 16)));
        Assert.Contains("'b'", Assert.Throws<KeyNotFoundException>(() => GraphCost.Of(graph)).Message, StringComparison.Ordinal);
    }
}
