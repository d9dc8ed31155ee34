namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>
/// Computes equal things once. Nodes that are equal as written are shared while a graph is built; this pass also finds those that are
/// equal but for the order of operands, a + b and b + a, and those that have become equal by other passes.
/// </summary>
public sealed class CommonSubexpressions : IGraphPass
{
    static readonly HashSet<string> Commutative = ["Add", "Mul", "And", "Or", "Equal", "Min", "Max"];

    /// <inheritdoc/>
    public string Name => "common subexpressions";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (node.Domain.Length > 0 || !Commutative.Contains(node.Op)) return null;
        var (a, b) = (rewriter[node.Inputs[0]!], rewriter[node.Inputs[1]!]);
        if ((a.Node.Id, a.Index).CompareTo((b.Node.Id, b.Index)) > 0) (a, b) = (b, a);
        return rewriter.Target.Add(node.Op, [a, b], [(node.Outputs[0].Type, node.Outputs[0].Shape)], node.Attributes).Outputs;
    });
}
