using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;

namespace MultiModal.Runtime.Tests.Graphs.Passes;

public class DeadCodeTests
{
    [Fact]
    public void What_no_output_depends_on_goes_but_inputs_stay()
    {
        var graph = new Graph();
        var (x, unused) = (graph.Input("x", DType.Float32, "n", 4), graph.Input("unused", DType.Float32, "n"));
        var dead = new Linear(graph.Root["dead"], 4, 8).Forward(x);
        Assert.Equal(8, dead.Shape[-1]);
        graph.Output("y", new Linear(graph.Root["live"], 4, 8, bias: false).Forward(x));
        var check = PassCheck.Of<DeadCode>(graph, new Dictionary<string, long> { ["n"] = 3 }).HasOnly("Transpose", "MatMul");
        Assert.Equal(["live.weight"], check.After.Parameters.Keys);
        Assert.Equal(["x", "unused"], check.After.Inputs.Select(i => i.Node.Name));
        Assert.Equal(DType.Float32, unused.Type);
    }
}
