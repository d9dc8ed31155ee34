namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Layer normalisation over the last axis with scale and offset becomes one LayerNormalization.</summary>
public sealed class LayerNormFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "layer normalisation";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (!node.Is("Add") || node.Either(t => t.By("Mul") is not null) is not var (bias, scaled)) return null;
        var product = scaled.Node;
        if (product.Either(t => t.By("Div") is not null) is not var (scale, quotient)) return null;
        if (!Standardised.Find(quotient, out var x, out var epsilon, out var axes) || axes is not [var axis] || axis != x.Rank - 1) return null;
        if (scale.Rank != 1 || bias.Rank != 1 || !rewriter.UsedOnce(scaled) || !rewriter.UsedOnce(quotient)) return null;
        return rewriter.Target.Add(
            "LayerNormalization", [rewriter[x], rewriter[scale], rewriter[bias]], [(x.Type, x.Shape)],
            NodeAttributes.Of(("axis", -1), ("epsilon", epsilon))).Outputs;
    });
}
