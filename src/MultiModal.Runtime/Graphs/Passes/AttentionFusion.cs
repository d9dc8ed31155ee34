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
        if (softmax.Attributes.Int("axis") != 3 || join.Outputs[0].Type != DType.Float32) return null;
        if (!(rewriter.UsedOnce(softmax.Outputs[0]) && rewriter.UsedOnce(product.Outputs[0]) && rewriter.UsedOnce(back.Outputs[0]))) return null;

        var (logits, mask) = (softmax.Inputs[0]!, (Tensor?)null);
        if (logits.By("Add") is { } sum)
        {
            if (!rewriter.UsedOnce(logits) || sum.Either(t => Scores(t, rewriter) is not null) is not var (other, scaled)) return null;
            (mask, logits) = (other, scaled);
        }

        if (Scores(logits, rewriter) is not var (query, flipped, scale)) return null;
        var (key, value) = (flipped.Node.Inputs[0]!, product.Inputs[1]!);
        if (Flat(query) is not { } flatQuery || Flat(key) is not { } flatKey || Flat(value) is not { } flatValue) return null;

        // The operator knows neither broadcasting between queries and keys nor another way of joining.
        var (batch, heads, queries, keys) = (query.Shape[0], query.Shape[1], query.Shape[2], key.Shape[2]);
        if (!heads.IsKnown || key.Shape[0] != batch || value.Shape[0] != batch || key.Shape[1] != heads || value.Shape[1] != heads) return null;
        var result = join.Outputs[0];
        if (!result.Shape.Equals([batch, queries, flatValue.Shape[2]])) return null;

        Tensor? bias = null;
        if (mask is not null && (bias = Bias(rewriter[mask], batch, heads, queries, keys)) is null) return null;
        Tensor?[] inputs = [rewriter[flatQuery], rewriter[flatKey], rewriter[flatValue], null, null, bias];
        return rewriter.Target.Add(
            "MultiHeadAttention", bias is null ? inputs[..3] : inputs, result.Type, result.Shape,
            NodeAttributes.Of(("num_heads", heads.Value), ("scale", scale)), Node.Microsoft);
    }

    /// <summary>The queries, the transposed keys and the factor of q k^T s; the factor may be missing.</summary>
    static (Tensor Query, Tensor Flipped, float Scale)? Scores(Tensor logits, Rewriter rewriter)
    {
        if (!rewriter.UsedOnce(logits)) return null;
        var scale = 1f;
        if (logits.By("Mul")?.WithNumber() is var (raw, factor))
        {
            if (!rewriter.UsedOnce(raw)) return null;
            (logits, scale) = (raw, factor);
        }

        return logits.By("MatMul") is { } product && product.Inputs[1].By("Transpose") is { } flipped && flipped.Permutes(0, 1, 3, 2)
            ? (product.Inputs[0]!, flipped.Outputs[0], scale) : null;
    }

    /// <summary>The mask as the operator takes it, [batch or 1, heads or 1, queries, keys]; null where it has a shape of its own.</summary>
    static Tensor? Bias(Tensor mask, Dim batch, Dim heads, Dim queries, Dim keys)
    {
        if (mask.Rank is < 2 or > 4) return null;
        while (mask.Rank < 4) mask = Ops.Unsqueeze(mask, 0);
        var shape = mask.Shape;
        if ((shape[0] != 1 && shape[0] != batch) || (shape[1] != 1 && shape[1] != heads)) return null;
        if ((shape[2] != 1 && shape[2] != queries) || (shape[3] != 1 && shape[3] != keys)) return null;
        return Ops.Expand(mask, shape[0], shape[1], queries, keys);
    }

    /// <summary>The [batch, tokens, features] from which heads were split.</summary>
    static Tensor? Flat(Tensor split)
    {
        if (split.By("Transpose") is not { } transpose || !transpose.Permutes(0, 2, 1, 3) || transpose.Inputs[0].By("Reshape") is not { } reshape) return null;
        var flat = reshape.Inputs[0]!;
        return flat.Rank == 3 && flat.Shape[0] == split.Shape[0] && flat.Shape[1] == split.Shape[2] ? flat : null;
    }
}
