using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>Self-attention, attention to the text, and a gated MLP (GEGLU, Shazeer 2020), each normalised before and added.</summary>
sealed class TransformerBlock(Scope scope, int features, int contextFeatures, int heads)
{
    readonly LayerNorm norm1 = new(scope["norm1"], features);
    readonly CrossAttention attention1 = new(scope["attn1"], features, features, heads);
    readonly LayerNorm norm2 = new(scope["norm2"], features);
    readonly CrossAttention attention2 = new(scope["attn2"], features, contextFeatures, heads);
    readonly LayerNorm norm3 = new(scope["norm3"], features);
    readonly Linear wide = new(scope["ff.net.0.proj"], features, features * 8);
    readonly Linear narrow = new(scope["ff.net.2"], features * 4, features);

    /// <summary>[batch, tokens, features] with the text [batch, text tokens, contextFeatures].</summary>
    public Tensor Forward(Tensor x, Tensor context)
    {
        var normal = norm1.Forward(x);
        x += attention1.Forward(normal, normal);
        x += attention2.Forward(norm2.Forward(x), context);
        var parts = Ops.Chunk(wide.Forward(norm3.Forward(x)), 2, -1);
        return x + narrow.Forward(parts[0] * Ops.Gelu(parts[1]));
    }
}
