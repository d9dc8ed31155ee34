using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>Splitting features into attention heads and joining them again.</summary>
public static class Heads
{
    /// <summary>[batch, tokens, heads * depth] to [batch, heads, tokens, depth].</summary>
    /// <param name="x">[batch, tokens, heads * depth]</param>
    /// <param name="heads">How many heads.</param>
    public static Tensor Split(Tensor x, int heads)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Ops.Transpose(Ops.Reshape(x, x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads), 0, 2, 1, 3);
    }

    /// <summary>[batch, heads, tokens, depth] to [batch, tokens, heads * depth].</summary>
    /// <param name="x">[batch, heads, tokens, depth]</param>
    public static Tensor Join(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Ops.Reshape(Ops.Transpose(x, 0, 2, 1, 3), x.Shape[0], x.Shape[2], x.Shape[1] * x.Shape[3]);
    }
}
