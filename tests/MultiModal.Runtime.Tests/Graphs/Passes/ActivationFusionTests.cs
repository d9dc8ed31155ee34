using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class ActivationFusionTests
{
    static readonly Dictionary<string, long> sizes = new() { ["n"] = 50 };
    readonly Graph graph = new();
    readonly Tensor x;

    public ActivationFusionTests() => x = graph.Input("x", DType.Float32, "n", 3) * 6f;

    [Fact]
    public void SiLU_becomes_one_node()
    {
        graph.Output("y", Ops.Silu(x));
        PassCheck.Of<ActivationFusion>(graph, sizes).HasOnly("Mul", "QuickGelu");
    }

    [Fact]
    public void SiLU_is_found_in_either_order()
    {
        graph.Output("y", Ops.Mul(Ops.Sigmoid(x), x));
        PassCheck.Of<ActivationFusion>(graph, sizes).HasOnly("Mul", "QuickGelu");
    }

    [Fact]
    public void Quick_GELU_becomes_one_node()
    {
        graph.Output("y", Ops.QuickGelu(x));
        PassCheck.Of<ActivationFusion>(graph, sizes).HasOnly("Mul", "QuickGelu");
    }

    [Fact]
    public void GELU_becomes_one_node()
    {
        graph.Output("y", Ops.Gelu(x));
        PassCheck.Of<ActivationFusion>(graph, sizes).HasOnly("Mul", "Gelu");
    }

    [Fact]
    public void GELU_by_tanh_becomes_one_node()
    {
        graph.Output("y", Ops.GeluTanh(x));
        PassCheck.Of<ActivationFusion>(graph, sizes).HasOnly("Mul", "Gelu");
    }

    [Fact]
    public void A_gate_of_something_else_stays()
    {
        var other = graph.Input("other", DType.Float32, "n", 3);
        graph.Output("glu", other * Ops.Sigmoid(x));
        graph.Output("gelu of another", other * (Ops.Erf(x * 0.70710678f) + 1f) * 0.5f);
        graph.Output("half of another number", x * (Ops.Erf(x * 0.70710678f) + 1f) * 0.4f);
        graph.Output("another scale", x * (Ops.Erf(x * 0.7f) + 1f) * 0.5f);
        graph.Output("another cube", x * (Ops.Tanh((x + x * x * x * 0.05f) * 0.79788456f) + 1f) * 0.5f);
        PassCheck.Of<ActivationFusion>(graph, sizes).HasNo("QuickGelu", "Gelu");
    }

    [Fact]
    public void What_something_else_reads_stays()
    {
        var gate = Ops.Sigmoid(x);
        graph.Output("silu", x * gate);
        graph.Output("gate", gate);
        var erf = Ops.Erf(x * 0.70710678f);
        graph.Output("gelu", x * (erf + 1f) * 0.5f);
        graph.Output("erf", erf);
        PassCheck.Of<ActivationFusion>(graph, sizes).HasNo("QuickGelu", "Gelu");
    }

    [Fact]
    public void Numbers_with_axes_of_their_own_stay()
    {
        var half = graph.Constant(TensorData.Of([0.5f], 1, 1, 1, 1));
        graph.Output("y", x * (Ops.Erf(x * 0.70710678f) + 1f) * half);
        PassCheck.Of<ActivationFusion>(graph, sizes).HasNo("Gelu");
    }
}
