namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>
/// The inner part of group normalisation, mean 0 and variance 1 over each group, becomes one InstanceNormalization over
/// [batch, groups, elements]: one node instead of seven passes over memory.
/// </summary>
public sealed class GroupNormFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "group normalisation";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (!node.Is("Div") || node.Outputs[0].Type != DType.Float32) return null;
        if (Standardised.Find(node.Outputs[0], rewriter) is not { X: var x, Epsilon: var epsilon, Axes: var axes }) return null;
        if (x.Rank < 3 || !x.Shape[1].IsKnown || !axes.SequenceEqual(Enumerable.Range(2, x.Rank - 2).Select(a => (long)a))) return null;
        var groups = (int)x.Shape[1].Value;
        var ones = new float[groups];
        Array.Fill(ones, 1);
        var target = rewriter.Target;
        return target.Add(
            "InstanceNormalization", [rewriter[x], target.Constant(TensorData.Of(ones, groups)), target.Constant(TensorData.Of(new float[groups], groups))],
            [(x.Type, x.Shape)], NodeAttributes.Of(("epsilon", epsilon))).Outputs;
    });
}
