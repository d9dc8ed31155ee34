using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class LinearFusionTests
{
    static readonly Dictionary<string, long> sizes = new() { ["b"] = 2, ["t"] = 5, ["h"] = 3 };
    readonly Graph graph = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Linear_layers_on_rows_become_one_Gemm(bool bias)
    {
        var x = graph.Input("x", DType.Float32, "b", 6);
        graph.Output("y", new Linear(graph.Root["linear"], 6, 9, bias).Forward(x));
        PassCheck.Of<LinearFusion>(graph, sizes).HasOnly("Gemm");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Linear_layers_on_sequences_become_one_Gemm_on_all_rows(bool bias)
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 6);
        var y = graph.Input("y", DType.Float32, "b", "h", "t", 6);
        graph.Output("three", new Linear(graph.Root["linear"], 6, 9, bias).Forward(x));
        graph.Output("four", new Linear(graph.Root["linear"], 6, 9, bias).Forward(y));
        PassCheck.Of<LinearFusion>(graph, sizes).Has("Gemm", 2).HasNo("MatMul", "Transpose", "Add");
    }

    [Fact]
    public void A_1x1_convolution_weight_is_a_linear_weight()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 6);
        graph.Output("y", Ops.Linear(x, Ops.Reshape(graph.Parameter("w", DType.Float32, 9, 6, 1, 1), 9, 6), graph.Parameter("b", DType.Float32, 9)));
        PassCheck.Of<LinearFusion>(graph, sizes).Has("Gemm").HasNo("MatMul", "Add");
    }

    [Fact]
    public void A_product_that_something_else_reads_keeps_its_bias_outside()
    {
        var x = graph.Input("x", DType.Float32, "b", 6);
        var product = Ops.Linear(x, graph.Parameter("w", DType.Float32, 9, 6));
        graph.Output("product", product);
        graph.Output("y", product + graph.Parameter("b", DType.Float32, 9));
        PassCheck.Of<LinearFusion>(graph, sizes).HasOnly("Gemm", "Add");
    }

    [Fact]
    public void What_is_added_must_be_a_bias()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 6);
        var product = Ops.Linear(x, graph.Parameter("w", DType.Float32, 9, 6));
        graph.Output("sum", product + graph.Parameter("one", DType.Float32, 1));
        graph.Output("residual", Ops.Linear(x * 2f, graph.Parameter("w", DType.Float32, 9, 6)) + graph.Input("other", DType.Float32, "b", "t", 9));
        PassCheck.Of<LinearFusion>(graph, sizes).Has("Gemm", 2).Has("Add", 2);
    }

    [Fact]
    public void Products_of_two_activations_stay()
    {
        var (x, y) = (graph.Input("x", DType.Float32, "b", 6), graph.Input("y", DType.Float32, 9, 6));
        graph.Output("transposed", Ops.MatMul(x, Ops.Transpose(y, 1, 0)));
        graph.Output("plain", Ops.MatMul(x, graph.Parameter("w", DType.Float32, 6, 9)));
        PassCheck.Of<LinearFusion>(graph, sizes).HasNo("Gemm");
    }
}
