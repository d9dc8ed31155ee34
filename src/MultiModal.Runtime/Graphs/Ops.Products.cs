namespace MultiModal.Runtime.Graphs;

public static partial class Ops
{
    /// <summary>The matrix product over the last two axes; leading axes broadcast. Vectors are not treated specially: give them an axis.</summary>
    /// <param name="a">[..., m, k]</param>
    /// <param name="b">[..., k, n]</param>
    /// <returns>[..., m, n]</returns>
    public static Tensor MatMul(Tensor a, Tensor b)
    {
        SameType("MatMul", a, b);
        if (a.Rank < 2 || b.Rank < 2) throw new GraphException("MatMul", "both inputs need at least two axes.", [a, b]);
        if (a.Shape[-1] != b.Shape[-2]) throw new GraphException("MatMul", $"the inner lengths differ: {a.Shape[-1]} against {b.Shape[-2]}.", [a, b]);
        return a.Graph.Add("MatMul", [a, b], a.Type, ProductShape("MatMul", a, b, a.Shape[-2], b.Shape[-1]));
    }

    /// <summary>x W^T + b, as a linear layer computes it.</summary>
    /// <param name="x">[..., in]</param>
    /// <param name="weight">[out, in]</param>
    /// <param name="bias">[out], or null.</param>
    /// <returns>[..., out]</returns>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        var product = MatMul(x, Transpose(weight, 1, 0));
        return bias is null ? product : product + bias;
    }

    /// <summary>Attention (Vaswani et al. 2017, equation 1): softmax(q k^T * scale + mask) v.</summary>
    /// <param name="query">[batch, heads, queries, depth]</param>
    /// <param name="key">[batch, heads, keys, depth]</param>
    /// <param name="value">[batch, heads, keys, depth of values]</param>
    /// <param name="mask">Added to the logits, broadcasting to [batch, heads, queries, keys]; null for none.</param>
    /// <param name="scale">Null for 1 / sqrt(depth).</param>
    /// <returns>[batch, heads, queries, depth of values]</returns>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask = null, float? scale = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        var logits = MatMul(query, Transpose(key, 0, 1, 3, 2)) * (scale ?? 1f / MathF.Sqrt(query.Shape[-1].Value));
        return MatMul(Softmax(mask is null ? logits : logits + mask), value);
    }

    /// <summary>alpha * A B + beta * C on matrices, each of A and B optionally transposed.</summary>
    internal static Tensor Gemm(Tensor a, Tensor b, Tensor? c, bool transposeA = false, bool transposeB = false, float alpha = 1, float beta = 1) =>
        a.Graph.Add(
            "Gemm", [a, b, c], a.Type, [a.Shape[transposeA ? 1 : 0], b.Shape[transposeB ? 0 : 1]],
            NodeAttributes.Of(("transA", transposeA ? 1 : null), ("transB", transposeB ? 1 : null), ("alpha", alpha == 1 ? null : alpha), ("beta", beta == 1 ? null : beta)));

    internal static Shape ProductShape(string op, Tensor a, Tensor b, Dim rows, Dim columns)
    {
        var batch = Broadcast(op, Shape.Of([.. a.Shape.SkipLast(2)]), Shape.Of([.. b.Shape.SkipLast(2)]), [a, b]);
        return Shape.Of([.. batch, rows, columns]);
    }
}
