using System.Runtime.CompilerServices;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs;

public class GraphTests
{
    readonly Graph graph = new();

    [Fact]
    public void The_same_node_built_twice_is_one_node()
    {
        var x = graph.Input("x", DType.Float32, "n", 4);
        var (first, second) = (Ops.Softmax(x * 2f + 1f), Ops.Softmax(x * 2f + 1f));
        Assert.Same(first, second);
        Assert.NotSame(first, Ops.Softmax(x * 2f + 1f, 0));
        Assert.Same(graph.Constant(1, 2, 3), graph.Constant(1, 2, 3));
        Assert.NotSame(graph.Constant(1, 2, 3), graph.Constant(TensorData.Of([1L, 2, 3], 1, 3)));
        Assert.Same(Ops.Split(x, 1, 1, 3)[1], Ops.Split(x, 1, 1, 3)[1]);
    }

    [Fact]
    public void Numbers_take_the_type_of_the_tensor_they_meet()
    {
        var x = graph.Input("x", DType.Int64, 3);
        Assert.Equal(DType.Int64, (x + 1f).Type);
        var names = graph.Input("flag", DType.Bool, 3);
        Assert.Throws<GraphException>(() => names * 2f);
    }

    [Fact]
    public void Shape_errors_name_the_operation_the_shapes_and_the_line_that_built_it()
    {
        var a = graph.Input("left", DType.Float32, 2, 3);
        var b = graph.Input("right", DType.Float32, "n", 4);
        var (error, line) = (Assert.Throws<GraphException>(() => Ops.Add(a, b)), Line());
        Assert.Equal("Add", error.Operation);
        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[n, 4]", error.Message, StringComparison.Ordinal);
        Assert.Contains("left", error.Message, StringComparison.Ordinal);
        Assert.Contains($"GraphTests.cs:{line}", error.Origin, StringComparison.Ordinal);
        Assert.Contains(error.Origin, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_inside_of_layers_name_the_line_that_applied_the_layer()
    {
        var layer = new Linear(graph.Root["proj"], 4, 8);
        var x = graph.Input("x", DType.Float32, 2, 5);
        var (error, line) = (Assert.Throws<GraphException>(() => layer.Forward(x)), Line());
        Assert.Equal("MatMul", error.Operation);
        Assert.Contains($"GraphTests.cs:{line}", error.Origin, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_must_agree()
    {
        var x = graph.Input("x", DType.Float32, 2);
        var n = graph.Input("n", DType.Int64, 2);
        Assert.Contains("different types", Assert.Throws<GraphException>(() => x + n).Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => Ops.And(x, x));
        Assert.Throws<GraphException>(() => Ops.Not(x));
        Assert.Throws<GraphException>(() => Ops.Where(x, x, x));
        Assert.Throws<GraphException>(() => Ops.Gather(x, x));
    }

    [Fact]
    public void Names_are_taken_once()
    {
        var x = graph.Input("x", DType.Float32, 2);
        var w = graph.Parameter("w", DType.Float32, 2);
        Assert.Throws<GraphException>(() => graph.Input("x", DType.Float32, 2));
        Assert.Throws<GraphException>(() => graph.Input("w", DType.Float32, 2));
        Assert.Throws<GraphException>(() => graph.Parameter("x", DType.Float32, 2));
        Assert.Throws<GraphException>(() => graph.Output("w", x + w));
        Assert.Throws<GraphException>(() => graph.Output("x", x + w));
        graph.Output("y", x + w);
        Assert.Throws<GraphException>(() => graph.Output("y", x));
    }

    [Fact]
    public void Parameters_are_declared_once_and_with_numbers()
    {
        var weight = graph.Root["block"][0].Parameter("weight", 3, 4);
        Assert.Same(weight, graph.Root["block.0"].Parameter("weight", 3, 4));
        Assert.Same(weight, graph.Parameters["block.0.weight"]);
        Assert.Throws<GraphException>(() => graph.Root["block"][0].Parameter("weight", 4, 3));
        Assert.Throws<GraphException>(() => graph.Root.Parameter("other", "n"));
    }

    [Fact]
    public void Tensors_of_two_graphs_do_not_mix()
    {
        var other = new Graph().Input("x", DType.Float32, 2);
        var own = graph.Input("x", DType.Float32, 2);
        Assert.Throws<GraphException>(() => own + other);
        Assert.Throws<GraphException>(() => graph.Output("y", other));
    }

    [Fact]
    public void Outputs_may_be_leaves_and_stand_under_several_names()
    {
        var x = graph.Input("x", DType.Float32, 2);
        var sum = x + 1f;
        graph.Output("first", sum);
        graph.Output("second", sum);
        graph.Output("same", x);
        graph.Output("weight", graph.Parameter("w", DType.Float32, 2));
        graph.Output("fixed", graph.Constant(5, 6));
        graph.Output("x", x);
        using var weights = new RandomWeights(graph, 1);
        var results = GraphRun.Run(graph, weights, false, TensorData.Of([1f, 2], 2));
        Assert.Equal([2, 3], results[0].Floats);
        Assert.Equal([2, 3], results[1].Floats);
        Assert.Equal([1, 2], results[2].Floats);
        Assert.Equal(2, results[3].Length);
        Assert.Equal([5, 6], results[4].Longs);
        Assert.Equal([1, 2], results[5].Floats);
    }

    [Fact]
    public void Symbols_are_defined_by_the_inputs()
    {
        var x = graph.Input("x", DType.Float32, "batch", 8 * Dim.Symbol("height"), "width");
        graph.Output("size", graph.SizeOf((((Dim)"batch" * "height") + 1) / 2 + "width"));
        graph.Output("known", graph.SizeOf(7));
        graph.Output("x", x);
        Assert.Throws<GraphException>(() => graph.SizeOf("depth"));
        foreach (var (batch, height, width) in ((long, long, long)[])[(1, 2, 3), (3, 5, 1), (2, 1, 9)])
        {
            var results = GraphRun.Run(graph, TensorData.Zeros(DType.Float32, batch, 8 * height, width));
            Assert.Equal((((batch * height) + 1) / 2) + width, results[0].Longs[0]);
            Assert.Equal(7, results[1].Longs[0]);
        }
    }

    [Fact]
    public void Broadcasting_follows_NumPy()
    {
        Shape Of(Shape a, Shape b) => Ops.Broadcast("test", a, b, []);
        Assert.Equal<Shape>(["n", 3, 4], Of(["n", 1, 4], [3, 1]));
        Assert.Equal<Shape>([2, 3], Of([], [2, 3]));
        Assert.Equal<Shape>([Dim.Symbol("n") * 2], Of([1], [Dim.Symbol("n") * 2]));
        Assert.Throws<GraphException>(() => Of(["n"], ["m"]));
        Assert.Throws<GraphException>(() => Of([2], ["m"]));
    }

    static int Line([CallerLineNumber] int line = 0) => line;
}
