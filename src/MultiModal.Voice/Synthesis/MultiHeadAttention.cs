using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// Self-attention over frames, with 1x1 convolutions as projections; optionally with learned embeddings of the relative positions within a
/// window (Shaw et al. 2018, "Self-Attention with Relative Position Representations", equations 3 and 4).
/// </summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="channels">Channels in and out.</param>
/// <param name="heads">How many heads.</param>
/// <param name="window">The farthest relative position with an embedding, in frames; null for none.</param>
sealed class MultiHeadAttention(Scope scope, int channels, int heads, int? window = null)
{
    readonly int depth = channels / heads;
    readonly Conv query = Conv.OneD(scope["conv_q"], channels, channels, 1);
    readonly Conv key = Conv.OneD(scope["conv_k"], channels, channels, 1);
    readonly Conv value = Conv.OneD(scope["conv_v"], channels, channels, 1);
    readonly Conv output = Conv.OneD(scope["conv_o"], channels, channels, 1);
    readonly Tensor? relativeKeys = window is { } k ? scope.Parameter("emb_rel_k", 1, (2 * k) + 1, channels / heads) : null;
    readonly Tensor? relativeValues = window is { } v ? scope.Parameter("emb_rel_v", 1, (2 * v) + 1, channels / heads) : null;

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, channels, frames]</param>
    /// <param name="hidden">Added to the logits, broadcasting to [batch, heads, frames, frames]; null for none.</param>
    public Tensor Forward(Tensor x, Tensor? hidden)
    {
        var q = Split(query.Forward(x));
        var k = Split(key.Forward(x));
        var v = Split(value.Forward(x));
        var mixed = window is { } reach ? Relative(q, k, v, hidden, reach) : Ops.Attention(q, k, v, hidden);
        return output.Forward(Ops.Reshape(Ops.Transpose(mixed, 0, 1, 3, 2), [.. x.Shape]));
    }

    Tensor Relative(Tensor q, Tensor k, Tensor v, Tensor? hidden, int reach)
    {
        q *= 1f / MathF.Sqrt(depth);
        var logits = Ops.MatMul(q, Ops.Transpose(k, 0, 1, 3, 2)) + ToBand(Ops.MatMul(q, Ops.Transpose(relativeKeys!, 0, 2, 1)), reach);
        var weights = Ops.Softmax(hidden is null ? logits : logits + hidden);
        return Ops.MatMul(weights, v) + Ops.MatMul(FromBand(weights, reach), relativeValues!);
    }

    /// <summary>
    /// Logits by relative position, [..., frames, 2 reach + 1], laid on the diagonals of a matrix [..., frames, frames]. Rows one element
    /// longer than those they are read back as shift each row by one against the row before.
    /// </summary>
    static Tensor ToBand(Tensor relative, int reach)
    {
        var (batch, heads, frames) = (relative.Shape[0], relative.Shape[1], relative.Shape[2]);
        var width = frames + (2 * reach);
        var padded = Ops.Concat(3, relative, Ops.Full(relative.Graph, relative.Type, 0, batch, heads, frames, frames));
        var flat = Ops.Slice(Ops.Reshape(padded, batch, heads, frames * (width + 1)), 2, 0, frames * width);
        return Ops.Slice(Ops.Reshape(flat, batch, heads, frames, width), 3, reach, frames + reach);
    }

    /// <summary>The inverse: the diagonals of [..., frames, frames] as [..., frames, 2 reach + 1].</summary>
    static Tensor FromBand(Tensor weights, int reach)
    {
        var (batch, heads, frames) = (weights.Shape[0], weights.Shape[1], weights.Shape[2]);
        var width = frames + (2 * reach);
        var flat = Ops.Reshape(Ops.Pad(weights, [0, 0, 0, reach], [0, 0, 0, reach]), batch, heads, frames * width);
        var padded = Ops.Concat(2, flat, Ops.Full(weights.Graph, weights.Type, 0, batch, heads, frames));
        return Ops.Slice(Ops.Reshape(padded, batch, heads, frames, width + 1), 3, 0, (2 * reach) + 1);
    }

    Tensor Split(Tensor x) => Ops.Transpose(Ops.Reshape(x, x.Shape[0], heads, depth, x.Shape[2]), 0, 1, 3, 2);
}
