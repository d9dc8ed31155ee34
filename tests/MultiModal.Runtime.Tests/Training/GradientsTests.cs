using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Tests.Graphs;
using MultiModal.Runtime.Training;

namespace MultiModal.Runtime.Tests.Training;

public class GradientsTests
{
    [Fact]
    public void A_stopped_gradient_counts_as_a_constant()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 3);
        graph.Output("g", Gradients.Of(Ops.Sum(x * Ops.StopGradient(x)), x)[0]);
        Assert.Equal([1, 2, 3], GraphRun.Run(graph, TensorData.Of([1f, 2, 3], 3))[0].Floats.ToArray());
    }

    [Fact]
    public void Only_paths_to_what_is_asked_for_are_built()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 4, 3);
        var weight = graph.Input("w", DType.Float32, 3, 2);
        var loss = Ops.Sum(Ops.MatMul(Ops.Exp(x), weight));
        graph.Output("g", Gradients.Of(loss, weight)[0]);
        Assert.Equal(1, graph.CountOperations()["MatMul"]);
    }

    [Fact]
    public void Tensors_between_have_gradients_too()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 2);
        var between = x * 3f;
        var gradients = Gradients.Of(Ops.Sum(between * between), between, x);
        graph.Output("gradient of between", gradients[0]);
        graph.Output("gradient of x", gradients[1]);
        var found = GraphRun.Run(graph, TensorData.Of([1f, 2], 2));
        Assert.Equal([6, 12], found[0].Floats.ToArray());
        Assert.Equal([18, 36], found[1].Floats.ToArray());
    }

    [Fact]
    public void Lengths_may_be_known_only_when_the_network_runs()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, "batch", 4);
        var weight = graph.Input("w", DType.Float32, 2, 4);
        var y = Ops.Concat(1, Ops.Linear(x, weight), Ops.Slice(x, 1, 1, 3));
        graph.Output("g", Gradients.Of(Ops.Mean(Ops.Softmax(y) * y), weight)[0]);
        var (data, w) = (TensorData.Of([.. Enumerable.Range(0, 12).Select(i => i * 0.1f)], 3, 4), TensorData.Of([.. Enumerable.Range(0, 8).Select(i => i * 0.1f)], 2, 4));
        var found = GraphRun.Run(graph, data, w)[0];
        Assert.Equal([2L, 4], found.Dimensions);
        Assert.DoesNotContain(found.Floats.ToArray(), float.IsNaN);
    }

    [Fact]
    public void A_loss_of_many_numbers_is_an_error()
    {
        var x = new Graph().Input("x", DType.Float32, 3);
        Assert.Contains("one floating-point number", Assert.Throws<GraphException>(() => Gradients.Of(x * x, x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_without_a_gradient_is_named()
    {
        var graph = new Graph();
        var x = graph.Input("x", DType.Float32, 2, 1, 3);
        var (all, _) = Ops.Gru(
            x, graph.Constant(TensorData.Zeros(DType.Float32, 1, 6, 3)), graph.Constant(TensorData.Zeros(DType.Float32, 1, 6, 2)),
            graph.Constant(TensorData.Zeros(DType.Float32, 1, 12)));
        Assert.Contains("no gradient of GRU", Assert.Throws<GraphException>(() => Gradients.Of(Ops.Sum(all), x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_loss_reaches_can_be_asked_for()
    {
        var graph = new Graph();
        var (x, y, z) = (graph.Input("x", DType.Float32, 3), graph.Input("y", DType.Float32, 3), graph.Input("z", DType.Float32, 3));
        Assert.Equal([x], Gradients.Reached(Ops.Sum(x * Ops.StopGradient(y)), [x, y, z]));
    }
}
