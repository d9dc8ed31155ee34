namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Computes what depends on constants only: shape arithmetic, masks, tables, scalars. Results of more than a million elements are left to run time.</summary>
public sealed class ConstantFolding : IGraphPass
{
    const long Limit = 1 << 20;

    /// <inheritdoc/>
    public string Name => "constant folding";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (node.Domain.Length > 0 || node.Outputs is not [var output] || !output.Shape.IsKnown || output.Shape.ElementCount.Value > Limit) return null;
        if (node.Op == "Shape" && ShapeOf(node) is { } lengths) return [rewriter.Target.Constant(lengths)];
        var values = new TensorData?[node.Inputs.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (node.Inputs[i] is not { } input) continue;
            if ((values[i] = rewriter[input].Node.Value) is null) return null;
        }

        return ConstantEvaluator.Evaluate(node, values) is { } value ? [rewriter.Target.Constant(value)] : null;
    });

    static long[]? ShapeOf(Node node)
    {
        var shape = node.Inputs[0]!.Shape;
        var (start, end) = ((int)node.Attributes.Int("start"), (int)node.Attributes.Int("end", shape.Rank));
        var wanted = shape.Skip(start).Take(end - start).ToList();
        return wanted.All(d => d.IsKnown) ? [.. wanted.Select(d => d.Value)] : null;
    }
}
