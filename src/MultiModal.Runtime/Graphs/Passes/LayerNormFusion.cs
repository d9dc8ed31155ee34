namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Layer normalisation over the last axis with a scale, and an offset where there is one, becomes one LayerNormalization.</summary>
public sealed class LayerNormFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "layer normalisation";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (node.Is("Mul") && Find(node, rewriter) is var (x, scale, epsilon)) return [Fuse(rewriter, x, scale, null, epsilon)];
        if (!node.Is("Add") || node.Either(t => t.By("Mul") is { } m && rewriter.UsedOnce(t) && Find(m, rewriter) is not null) is not var (bias, scaled)) return null;
        (x, scale, epsilon) = Find(scaled.Node, rewriter)!.Value;
        return bias.Rank == 1 && bias.Shape[0] == x.Shape[-1] ? [Fuse(rewriter, x, scale, bias, epsilon)] : null;
    });

    static (Tensor X, Tensor Scale, float Epsilon)? Find(Node product, Rewriter rewriter)
    {
        if (product.Either(t => t.By("Div") is not null && rewriter.UsedOnce(t)) is not var (scale, quotient) || quotient.Type != DType.Float32) return null;
        if (Standardised.Find(quotient, rewriter) is not { X: var x, Epsilon: var epsilon, Axes: [var axis] }) return null;
        return (axis == x.Rank - 1 || axis == -1) && scale.Rank == 1 && scale.Shape[0] == x.Shape[-1] ? (x, scale, epsilon) : null;
    }

    static Tensor Fuse(Rewriter rewriter, Tensor x, Tensor scale, Tensor? bias, float epsilon) =>
        rewriter.Target.Add(
            "LayerNormalization", [rewriter[x], rewriter[scale], bias is null ? null : rewriter[bias]], x.Type, x.Shape,
            NodeAttributes.Of(("axis", -1), ("epsilon", epsilon)));
}
