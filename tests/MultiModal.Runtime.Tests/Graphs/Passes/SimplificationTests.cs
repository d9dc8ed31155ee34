using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class SimplificationTests
{
    static readonly Dictionary<string, long> sizes = new() { ["n"] = 4, ["m"] = 3 };
    readonly Graph graph = new();
    readonly Tensor x;

    public SimplificationTests() => x = graph.Input("x", DType.Float32, "n", "m", 6);

    [Fact]
    public void Neutral_numbers_go()
    {
        graph.Output("y", Ops.StopGradient(((0f + (1f * ((((x + 0f) - 0f) * 1f) / 1f))) * 2f)));
        PassCheck.Of<Simplification>(graph, sizes).HasOnly("Mul");
    }

    [Fact]
    public void Numbers_on_the_wrong_side_or_that_add_axes_stay()
    {
        graph.Output("difference", 0f - x);
        graph.Output("quotient", 1f / (x + 3f));
        graph.Output("wider", x + graph.Constant(TensorData.Of([0f], 1, 1, 1, 1)));
        PassCheck.Of<Simplification>(graph, sizes).HasOnly("Sub", "Add", "Div", "Add");
    }

    [Fact]
    public void A_reshape_of_a_reshape_is_one_and_one_to_the_same_shape_is_none()
    {
        graph.Output("one", Ops.Relu(Ops.Reshape(Ops.Reshape(x, -1, 6), "n", "m", 2, 3)));
        graph.Output("none", Ops.Relu(Ops.Reshape(Ops.Reshape(x, -1, 6), "n", "m", 6)));
        PassCheck.Of<Simplification>(graph, sizes).HasOnly("Reshape", "Relu", "Relu");
    }

    [Fact]
    public void Transposes_in_a_row_are_one_or_none()
    {
        graph.Output("one", Ops.Relu(Ops.Transpose(Ops.Transpose(x, 1, 2, 0), 0, 2, 1)));
        graph.Output("none", Ops.Relu(Ops.Transpose(Ops.Transpose(x, 1, 2, 0), 2, 0, 1)));
        var check = PassCheck.Of<Simplification>(graph, sizes).HasOnly("Transpose", "Relu", "Relu");
        Assert.Equal([1, 0, 2], check.After.Nodes.Single(n => n.Op == "Transpose").Attributes.Get<long[]>("perm")!);
    }

    [Fact]
    public void An_intermediate_that_is_an_output_stays_one()
    {
        var flat = Ops.Reshape(x, -1, 6);
        graph.Output("flat", flat);
        graph.Output("back", Ops.Reshape(flat, "n", "m", 6));
        PassCheck.Of<Simplification>(graph, sizes).Has("Reshape");
    }
}
