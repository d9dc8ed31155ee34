namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>
/// LayerNormalization becomes InstanceNormalization over [1, rows, features], a product and a sum: on a processor, ONNX Runtime computes
/// the first one element after the other, but the others in vectors.
/// </summary>
/// <remarks>Few rows gain nothing, and graphics processors have a fast LayerNormalization: leave this pass out for them.</remarks>
public sealed class RowNormalisation : IGraphPass
{
    /// <summary>Rows known to be fewer stay as they are.</summary>
    const long FewestRows = 32;

    /// <inheritdoc/>
    public string Name => "layer normalisation row by row";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (!node.Is("LayerNormalization") || node.Outputs is not [var result] || result.Type != DType.Float32 || result.Rank < 2) return null;
        if (node.Attributes.Int("axis", -1) is var axis && axis != -1 && axis != result.Rank - 1) return null;
        var rows = result.Shape.Take(result.Rank - 1).Aggregate((Dim)1, (product, length) => product * length);
        if (rows.IsKnown && rows.Value < FewestRows) return null;
        var target = rewriter.Target;
        var x = Ops.Reshape(rewriter[node.Inputs[0]!], 1, rows, result.Shape[-1]);
        var one = target.Constant(TensorData.Of([1f], 1));
        var normal = target.Add(
            "InstanceNormalization", [x, Ops.Expand(one, rows), Ops.Expand(target.Constant(TensorData.Of([0f], 1)), rows)], x.Type, x.Shape,
            NodeAttributes.Of(("epsilon", node.Attributes.Float("epsilon", 1e-5f))));
        normal *= rewriter[node.Inputs[1]!];
        if (node.Inputs.Count > 2 && node.Inputs[2] is { } bias) normal += rewriter[bias];
        return [Ops.Reshape(normal, [.. result.Shape])];
    });
}
