using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class AttentionFusionTests
{
    static readonly Dictionary<string, long> sizes = new() { ["b"] = 2, ["t"] = 5, ["s"] = 7 };
    readonly Graph graph = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Self_attention_becomes_one_node(int heads)
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        graph.Output("y", Attend(x, x, heads));
        PassCheck.Of<AttentionFusion>(graph, sizes).Has("MultiHeadAttention").HasNo("Softmax");
    }

    [Fact]
    public void Attention_to_another_sequence_becomes_one_node()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        var other = graph.Input("other", DType.Float32, "b", "s", 24);
        graph.Output("y", Attend(x, other, 2));
        PassCheck.Of<AttentionFusion>(graph, sizes).Has("MultiHeadAttention").HasNo("Softmax");
    }

    public static TheoryData<string[]> Masks =>
    [
        ["1", "1", "t", "s"], ["b", "2", "t", "s"], ["b", "1", "t", "s"], ["b", "1", "1", "s"], ["1", "1", "1", "s"], ["t", "s"], ["2", "t", "s"], ["1", "2", "t", "1"],
    ];

    [Theory]
    [MemberData(nameof(Masks))]
    public void Masks_go_in_however_they_broadcast(string[] shape)
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 16);
        var other = graph.Input("other", DType.Float32, "b", "s", 16);
        var mask = graph.Input("mask", DType.Float32, [.. shape.Select(d => long.TryParse(d, out var n) ? n : Dim.Symbol(d))]);
        graph.Output("y", Attend(x, other, 2, mask * 4f));
        PassCheck.Of<AttentionFusion>(graph, sizes).Has("MultiHeadAttention").HasNo("Softmax");
    }

    [Fact]
    public void A_causal_mask_hides_what_comes_later()
    {
        var x = graph.Input("x", DType.Float32, 2, 5, 16);
        var mask = Nd.Of([1, 1, 5, 5], i => i[3] > i[2] ? float.MinValue : 0).ToTensor();
        graph.Output("y", Attend(x, x, 2, graph.Constant(mask)));
        PassCheck.Of<AttentionFusion>(graph, sizes).Has("MultiHeadAttention");
    }

    [Fact]
    public void Heads_may_be_wider_in_values_than_in_keys()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 8);
        var values = graph.Input("values", DType.Float32, "b", "t", 24);
        graph.Output("y", Heads.Join(Ops.Attention(Heads.Split(x, 2), Heads.Split(x, 2), Heads.Split(values, 2), scale: 1f)));
        PassCheck.Of<AttentionFusion>(graph, sizes).Has("MultiHeadAttention");
    }

    [Fact]
    public void Products_that_are_not_scaled_have_the_scale_one()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 8);
        var heads = Heads.Split(x, 2);
        graph.Output("y", Heads.Join(Ops.MatMul(Ops.Softmax(Ops.MatMul(heads, Ops.Transpose(heads, 0, 1, 3, 2))), heads)));
        PassCheck.Of<AttentionFusion>(graph, sizes).Has("MultiHeadAttention").HasNo("MatMul");
    }

    [Fact]
    public void Weights_that_something_else_reads_stay()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 8);
        var heads = Heads.Split(x, 2);
        var weights = Ops.Softmax(Ops.MatMul(heads, Ops.Transpose(heads, 0, 1, 3, 2)) * 0.5f);
        graph.Output("y", Heads.Join(Ops.MatMul(weights, heads)));
        graph.Output("weights", weights);
        PassCheck.Of<AttentionFusion>(graph, sizes).HasNo("MultiHeadAttention");
    }

    [Fact]
    public void Logits_that_something_else_reads_stay()
    {
        var x = graph.Input("x", DType.Float32, "b", "t", 8);
        var heads = Heads.Split(x, 2);
        var logits = Ops.MatMul(heads, Ops.Transpose(heads, 0, 1, 3, 2)) * 0.5f;
        graph.Output("y", Heads.Join(Ops.MatMul(Ops.Softmax(logits), heads)));
        graph.Output("logits", logits);
        PassCheck.Of<AttentionFusion>(graph, sizes).HasNo("MultiHeadAttention");
    }

    [Fact]
    public void Other_patterns_stay()
    {
        var x = graph.Input("x", DType.Float32, "b", 6, 8);
        var one = graph.Input("one", DType.Float32, 1, 6, 8);
        var heads = Heads.Split(x, 2);
        var logits = Ops.MatMul(heads, Ops.Transpose(heads, 0, 1, 3, 2));
        graph.Output("softmax over queries", Heads.Join(Ops.MatMul(Ops.Softmax(logits, 2), heads)));
        graph.Output("joined otherwise", Ops.Reshape(Ops.Transpose(Ops.MatMul(Ops.Softmax(logits * 2f), heads), 0, 2, 1, 3), "b", 12, 4));
        graph.Output("broadcast keys", Attend(x, one, 2));
        PassCheck.Of<AttentionFusion>(graph, sizes).HasNo("MultiHeadAttention");
    }

    Tensor Attend(Tensor x, Tensor other, int heads, Tensor? mask = null)
    {
        Tensor Project(string name, Tensor from) => Heads.Split(new Linear(graph.Root[name], (int)from.Shape[2].Value, 16).Forward(from), heads);
        return Heads.Join(Ops.Attention(Project("q", x), Project("k", other), Project("v", other), mask));
    }
}
