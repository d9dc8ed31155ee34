using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>Transformer blocks over the positions of a picture, between two projections, added to it (diffusers' Transformer2DModel).</summary>
sealed class SpatialTransformer(Scope scope, int channels, int contextFeatures, int heads, int layers, int groups, bool linear)
{
    readonly GroupNorm norm = new(scope["norm"], groups, channels, 1e-6f);
    readonly Projection into = new(scope["proj_in"], channels, linear);
    readonly TransformerBlock[] blocks =
        [.. Enumerable.Range(0, layers).Select(i => new TransformerBlock(scope["transformer_blocks"][i], channels, contextFeatures, heads))];
    readonly Projection outOf = new(scope["proj_out"], channels, linear);

    /// <summary>[batch, channels, h, w] with the text [batch, tokens, contextFeatures].</summary>
    public Tensor Forward(Tensor x, Tensor context)
    {
        var tokens = into.Forward(ToTokens(norm.Forward(x)));
        foreach (var block in blocks) tokens = block.Forward(tokens, context);
        tokens = outOf.Forward(tokens);
        return Ops.Reshape(Ops.Transpose(tokens, 0, 2, 1), [.. x.Shape]) + x;
    }

    static Tensor ToTokens(Tensor x) => Ops.Transpose(Ops.Reshape(x, x.Shape[0], x.Shape[1], -1), 0, 2, 1);

    /// <summary>A linear layer, or a 1x1 convolution, which is the same with two more axes in its weight.</summary>
    sealed class Projection(Scope scope, int channels, bool linear)
    {
        readonly Tensor weight = linear ? scope.Parameter("weight", channels, channels) : scope.Parameter("weight", channels, channels, 1, 1);
        readonly Tensor bias = scope.Parameter("bias", channels);

        public Tensor Forward(Tensor tokens) => Ops.Linear(tokens, Ops.Reshape(weight, channels, channels), bias);
    }
}
