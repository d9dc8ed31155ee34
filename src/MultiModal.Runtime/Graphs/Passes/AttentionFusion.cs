namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>
/// softmax(q k^T s + mask) v over heads becomes one com.microsoft MultiHeadAttention, which never writes the matrix of logits
/// to memory (Dao et al. 2022): queries, keys and values go in as [batch, tokens, heads * depth].
/// </summary>
public sealed class AttentionFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "attention";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) => Fuse(node, rewriter) is { } fused ? [fused] : null);

    static Tensor? Fuse(Node join, Rewriter rewriter)
    {
        // Reshape(Transpose(MatMul(Softmax(logits), v)))
        if (!join.Is("Reshape") || join.Inputs[0].By("Transpose") is not { } back || !back.Permutes(0, 2, 1, 3)) return null;
        if (back.Inputs[0].By("MatMul") is not { } product || product.Inputs[0].By("Softmax") is not { } softmax) return null;
        var result = join.Outputs[0];
        if (back.Inputs[0]!.Rank != 4 || result.Rank != 3 || softmax.Attributes.Int("axis") != 3) return null;

        var logits = softmax.Inputs[0]!;
        Tensor? mask = null;
        if (logits.By("Add") is { } sum)
        {
            if (sum.Either(t => t.By("Mul") is { } m && m.WithNumber() is not null) is not var (other, scaled)) return null;
            (mask, logits) = (other, scaled);
        }

        if (logits.By("Mul")?.WithNumber() is not var (raw, scale) || raw.By("MatMul") is not { } scores) return null;
        if (scores.Inputs[1].By("Transpose") is not { } flipped || !flipped.Permutes(0, 1, 3, 2)) return null;
        var (query, key, value) = (Flat(scores.Inputs[0]!), Flat(flipped.Inputs[0]!), Flat(product.Inputs[1]!));
        if (query is null || key is null || value is null || !rewriter.UsedOnce(softmax.Outputs[0])) return null;

        var heads = scores.Inputs[0]!.Shape[1];
        if (!heads.IsKnown || !(result.Shape[2] == value.Shape[2]) || mask is { Rank: not 4 }) return null;
        Tensor?[] inputs = [rewriter[query], rewriter[key], rewriter[value], null, null, mask is null ? null : rewriter[mask]];
        return rewriter.Target.Add(
            "MultiHeadAttention", mask is null ? inputs[..3] : inputs, result.Type, result.Shape,
            NodeAttributes.Of(("num_heads", heads.Value), ("scale", scale)), Node.Microsoft);
    }

    /// <summary>The [batch, tokens, features] from which heads were split.</summary>
    static Tensor? Flat(Tensor split)
    {
        if (split.By("Transpose") is not { } transpose || !transpose.Permutes(0, 2, 1, 3) || transpose.Inputs[0].By("Reshape") is not { } reshape) return null;
        var flat = reshape.Inputs[0]!;
        return flat.Rank == 3 && flat.Shape[0] == split.Shape[0] && flat.Shape[1] == split.Shape[2] ? flat : null;
    }
}
