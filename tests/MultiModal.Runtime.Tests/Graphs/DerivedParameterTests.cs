using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Tests.Graphs;

public sealed class DerivedParameterTests
{
    [Fact]
    public void A_parameter_is_computed_from_others_where_the_rule_says_so()
    {
        var graph = new Graph();
        graph.Derive((name, shape) => name == "weight" ? graph.Parameter("length", DType.Float32, 1) * graph.Parameter("weight", DType.Float32, [.. shape]) : null);
        Assert.Null(graph.Root.Parameter("weight", 2, 3).Name);
        Assert.Equal("bias", graph.Root.Parameter("bias", 2).Name);
        Assert.Equal(["bias", "length", "weight"], graph.Parameters.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Another_shape_than_the_one_asked_for_is_refused()
    {
        var graph = new Graph();
        graph.Derive((_, _) => graph.Constant(1f));
        Assert.Throws<GraphException>(() => graph.Root.Parameter("weight", 2));
    }
}
