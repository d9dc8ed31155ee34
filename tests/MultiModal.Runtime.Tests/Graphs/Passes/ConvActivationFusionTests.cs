using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class ConvActivationFusionTests
{
    static readonly Dictionary<string, long> sizes = new() { ["b"] = 2, ["t"] = 19, ["h"] = 9 };
    static readonly Dictionary<string, Func<Tensor, Tensor>> activations = new()
    {
        ["ReLU"] = Ops.Relu, ["leaky ReLU"] = x => Ops.LeakyRelu(x, 0.1f), ["usual leaky ReLU"] = x => Ops.LeakyRelu(x), ["sigmoid"] = Ops.Sigmoid, ["tanh"] = Ops.Tanh,
    };

    readonly Graph graph = new();

    public static TheoryData<string> Activations => [.. activations.Keys];

    [Theory]
    [MemberData(nameof(Activations))]
    public void Convolution_and_activation_become_one_node(string name)
    {
        var signal = graph.Input("signal", DType.Float32, "b", 6, "t");
        var picture = graph.Input("picture", DType.Float32, "b", 4, "h", "t");
        graph.Output("one", activations[name](Conv.OneD(graph.Root["one"], 6, 8, 3, stride: 2, padding: 1, dilation: 2, groups: 2).Forward(signal)));
        graph.Output("two", activations[name](Conv.TwoD(graph.Root["two"], 4, 8, 3, padding: 1, bias: false).Forward(picture)));
        PassCheck.Of<ConvActivationFusion>(graph, sizes).HasOnly("FusedConv", "FusedConv");
    }

    [Fact]
    public void A_convolution_that_something_else_reads_stays()
    {
        var x = graph.Input("x", DType.Float32, "b", 6, "t");
        var y = Conv.OneD(graph.Root["conv"], 6, 8, 3).Forward(x);
        graph.Output("y", Ops.Relu(y));
        graph.Output("plain", y);
        PassCheck.Of<ConvActivationFusion>(graph, sizes).HasOnly("Conv", "Relu");
    }

    [Fact]
    public void Other_activations_stay()
    {
        var x = graph.Input("x", DType.Float32, "b", 6, "t");
        graph.Output("y", Ops.Elu(Conv.OneD(graph.Root["conv"], 6, 8, 3).Forward(x)));
        PassCheck.Of<ConvActivationFusion>(graph, sizes).HasOnly("Conv", "Elu");
    }
}
