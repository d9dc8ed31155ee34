using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class GraphPassesTests
{
    static readonly Dictionary<string, long> sizes = new() { ["b"] = 2, ["t"] = 6, ["h"] = 4, ["w"] = 3 };
    readonly Graph graph = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 150)];

    [Fact]
    public void Passes_leave_the_graph_they_are_given_as_it_was()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 8);
        graph.Output("y", Ops.Silu(new Linear(graph.Root["linear"], 8, 8).Forward(x)));
        string[] Before() => [.. graph.Nodes.Select(n => n.ToString())];
        var before = Before();
        Assert.NotSame(graph, graph.Optimise());
        Assert.Equal(before, Before());
        Assert.Same(graph, graph.Optimise(GraphPasses.None));
    }

    [Fact]
    public void Passes_have_names_of_their_own() =>
        Assert.Equal(GraphPasses.Default.Count, GraphPasses.Default.Select(p => p.Name).Distinct().Count());

    [Fact]
    public void A_transformer_block_has_no_primitive_normalisation_attention_or_activation_left()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        var context = graph.Input("context", DType.Float32, "b", 5, 12);
        var root = graph.Root;
        Tensor Attend(Scope scope, Tensor from, Tensor to) => new Linear(scope["out"], 16, 16).Forward(Heads.Join(Ops.Attention(
            Heads.Split(new Linear(scope["q"], 16, 16, false).Forward(from), 4),
            Heads.Split(new Linear(scope["k"], (int)to.Shape[2].Value, 16, false).Forward(to), 4),
            Heads.Split(new Linear(scope["v"], (int)to.Shape[2].Value, 16, false).Forward(to), 4))));
        var normal = new LayerNorm(root["norm1"], 16).Forward(x);
        x += Attend(root["self"], normal, normal);
        x += Attend(root["cross"], new LayerNorm(root["norm2"], 16).Forward(x), context);
        var parts = Ops.Chunk(new Linear(root["wide"], 16, 64).Forward(new LayerNorm(root["norm3"], 16).Forward(x)), 2, -1);
        graph.Output("y", x + new Linear(root["narrow"], 32, 16).Forward(parts[0] * Ops.Gelu(parts[1])));
        var check = PassCheck.Of(graph, GraphPasses.Default, sizes)
            .Has("MultiHeadAttention", 2).Has("InstanceNormalization", 3).Has("Gelu").Has("MatMul", 10).HasNo("Softmax", "Erf", "Sqrt");
        check.SameResults(new Dictionary<string, long> { ["b"] = 1, ["t"] = 1 }).SameResults(sizes, optimise: true);
    }

    [Fact]
    public void A_residual_block_has_no_primitive_normalisation_or_activation_left()
    {
        var x = graph.Input("x", DType.Float32, "b", 8, "h", "w");
        var time = graph.Input("time", DType.Float32, "b", 12);
        var root = graph.Root;
        var y = Conv.TwoD(root["conv1"], 8, 16, 3, padding: 1).Forward(Ops.Silu(new GroupNorm(root["norm1"], 4, 8).Forward(x)));
        y += Ops.Unsqueeze(new Linear(root["time"], 12, 16).Forward(Ops.Silu(time)), 2, 3);
        y = Conv.TwoD(root["conv2"], 16, 16, 3, padding: 1).Forward(Ops.Silu(new GroupNorm(root["norm2"], 4, 16).Forward(y)));
        graph.Output("y", Conv.TwoD(root["shortcut"], 8, 16, 1).Forward(x) + y);
        PassCheck.Of(graph, GraphPasses.Default, sizes)
            .Has("InstanceNormalization", 2).Has("QuickGelu", 3).Has("Conv", 3).HasNo("Sigmoid", "Sqrt")
            .SameResults(new Dictionary<string, long> { ["b"] = 1, ["h"] = 1, ["w"] = 7 }).SameResults(sizes, optimise: true);
    }

    [Fact]
    public void A_vocoder_stage_runs_its_activations_within_its_convolutions()
    {
        var x = graph.Input("x", DType.Float32, "b", 8, "t");
        var root = graph.Root;
        var up = new ConvTranspose(root["up"], 8, 4, 4, 2, 1).Forward(Ops.LeakyRelu(x, 0.1f));
        var inner = Ops.LeakyRelu(Conv.OneD(root["first"], 4, 4, 3, padding: 3, dilation: 3).Forward(Ops.LeakyRelu(up, 0.1f)), 0.1f);
        graph.Output("y", Ops.Tanh(Conv.OneD(root["post"], 4, 1, 7, padding: 3).Forward(up + Conv.OneD(root["second"], 4, 4, 3, padding: 1).Forward(inner))));
        PassCheck.Of(graph, GraphPasses.Default, sizes).Has("FusedConv", 2).Has("LeakyRelu", 2).HasNo("Tanh").SameResults(sizes, optimise: true);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_graphs_give_the_same_with_all_passes(int seed)
    {
        var maker = new RandomGraph(graph, seed);
        maker.Build();
        PassCheck.Of(graph, GraphPasses.Default, sizes, seed);
    }

    [Fact]
    public void Random_graphs_reach_every_fusion()
    {
        var found = new HashSet<string>();
        for (var seed = 1; seed <= 60; seed++)
        {
            var drawn = new Graph();
            new RandomGraph(drawn, seed).Build();
            var optimised = drawn.Optimise();
            found.UnionWith(optimised.Nodes.Select(n => n.Op));
            if (drawn.Nodes.Count(n => n.Op == "Resize") > optimised.Nodes.Count(n => n.Op == "Resize")) found.Add("without Resize");
        }

        string[] fused = ["MultiHeadAttention", "InstanceNormalization", "Gelu", "QuickGelu", "FusedConv", "without Resize"];
        Assert.Empty(fused.Except(found));
    }
}
