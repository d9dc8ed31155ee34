using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>Multi-head attention from a picture's tokens to themselves or to a text's.</summary>
sealed class CrossAttention(Scope scope, int features, int contextFeatures, int heads, bool bias = false)
{
    readonly Linear query = new(scope["to_q"], features, features, bias);
    readonly Linear key = new(scope["to_k"], contextFeatures, features, bias);
    readonly Linear value = new(scope["to_v"], contextFeatures, features, bias);
    readonly Linear output = new(scope["to_out.0"], features, features);

    /// <summary>[batch, tokens, features] attending to [batch, others, contextFeatures].</summary>
    public Tensor Forward(Tensor x, Tensor context)
    {
        var attended = Ops.Attention(
            Heads.Split(query.Forward(x), heads), Heads.Split(key.Forward(context), heads), Heads.Split(value.Forward(context), heads));
        return output.Forward(Heads.Join(attended));
    }
}
