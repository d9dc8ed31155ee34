using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Training;

/// <summary>Puts low-rank adapters beside the weights of a finished graph, whatever network it is.</summary>
public static class LowRankAdapters
{
    /// <summary>
    /// Makes a graph in which linear layers and convolutions have adapters: x W^T becomes x W^T + Scale (x Down^T) Up^T. The product of the
    /// two is never formed, so that the frozen weight needs no gradient.
    /// </summary>
    /// <param name="graph">The graph; it is not changed. Its inputs, outputs and parameters keep their names.</param>
    /// <param name="choose">Given the name of a weight, its adapter, or null for none.</param>
    /// <returns>The new graph. Losses and gradients are built on it.</returns>
    /// <exception cref="GraphException">An adapter was chosen for a convolution in groups.</exception>
    public static Graph Apply(Graph graph, Func<string, LowRankAdapter?> choose)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(choose);
        return Rewriter.Rewrite(graph, (node, rewriter) =>
        {
            if (Weight(node) is not { } weight || choose(weight.Name!) is not { } adapter) return null;
            var x = rewriter[node.Inputs[0]!];
            var added = node.Is("Conv") ? Convolution(node, x, weight.Shape, adapter) : Linear(x, weight.Shape, adapter);
            return [rewriter.Copy(node)[0] + (added * adapter.Scale)];
        });
    }

    /// <summary>The names of the weights beside which <see cref="Apply"/> can put adapters, in the order in which the graph reads them.</summary>
    /// <param name="graph">The graph.</param>
    public static IReadOnlyList<string> Candidates(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return [.. graph.Reachable().Select(Weight).OfType<Tensor>().Select(w => w.Name!).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The weight of a linear layer, which may be stored as that of a 1x1 convolution, or of a convolution.</summary>
    static Tensor? Weight(Node node)
    {
        var weight = node.Is("Conv") ? node.Inputs[1]
            : node.Is("MatMul") && node.Inputs[1].By("Transpose") is { } transpose && transpose.Permutes(1, 0) ? transpose.Inputs[0] : null;
        if (node.Is("MatMul") && weight.By("Reshape") is { } flat) weight = flat.Inputs[0];
        return weight?.Node.Op == Node.ParameterOp ? weight : null;
    }

    static Tensor Linear(Tensor x, Shape weight, LowRankAdapter adapter)
    {
        var down = x.Graph.Parameter(adapter.Down, x.Type, adapter.Rank, weight[1]);
        return Ops.Linear(Ops.Linear(x, down), x.Graph.Parameter(adapter.Up, x.Type, weight[0], adapter.Rank));
    }

    static Tensor Convolution(Node node, Tensor x, Shape weight, LowRankAdapter adapter)
    {
        if (node.Attributes.Int("group", 1) != 1) throw new GraphException("LowRankAdapters", "there are no adapters for convolutions in groups.", [x]);
        var down = x.Graph.Parameter(adapter.Down, x.Type, [adapter.Rank, .. weight.Skip(1)]);
        var up = x.Graph.Parameter(adapter.Up, x.Type, [weight[0], adapter.Rank, .. weight.Skip(2).Select(_ => (Dim)1)]);
        var narrow = x.Graph.Add("Conv", [x, down, null], x.Type, node.Outputs[0].Shape.With(1, adapter.Rank), node.Attributes);
        return Ops.Conv(narrow, up);
    }
}
