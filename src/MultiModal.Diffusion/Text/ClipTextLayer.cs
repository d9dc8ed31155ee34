using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Text;

/// <summary>One layer of CLIP: self-attention and an MLP, each normalised before and added.</summary>
sealed class ClipTextLayer(Scope scope, ClipTextConfig config)
{
    readonly LayerNorm norm1 = new(scope["layer_norm1"], config.HiddenSize, config.LayerNormEpsilon);
    readonly LayerNorm norm2 = new(scope["layer_norm2"], config.HiddenSize, config.LayerNormEpsilon);
    readonly Linear query = new(scope["self_attn.q_proj"], config.HiddenSize, config.HiddenSize);
    readonly Linear key = new(scope["self_attn.k_proj"], config.HiddenSize, config.HiddenSize);
    readonly Linear value = new(scope["self_attn.v_proj"], config.HiddenSize, config.HiddenSize);
    readonly Linear output = new(scope["self_attn.out_proj"], config.HiddenSize, config.HiddenSize);
    readonly Linear first = new(scope["mlp.fc1"], config.HiddenSize, config.IntermediateSize);
    readonly Linear second = new(scope["mlp.fc2"], config.IntermediateSize, config.HiddenSize);

    /// <summary>[batch, tokens, features] to the same.</summary>
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        var normal = norm1.Forward(x);
        var attended = Ops.Attention(
            Heads.Split(query.Forward(normal), config.Heads), Heads.Split(key.Forward(normal), config.Heads),
            Heads.Split(value.Forward(normal), config.Heads), mask);
        x += output.Forward(Heads.Join(attended));
        var wide = first.Forward(norm2.Forward(x));
        return x + second.Forward(config.QuickGelu ? Ops.QuickGelu(wide) : Ops.Gelu(wide));
    }
}
