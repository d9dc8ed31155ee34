using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>The middle of the autoencoder: two residual blocks around attention of one head.</summary>
sealed class VaeMiddle(Scope scope, VaeConfig config)
{
    readonly int channels = config.BlockOutChannels[^1];
    readonly ResnetBlock2D first = new(scope["resnets.0"], config.BlockOutChannels[^1], config.BlockOutChannels[^1], null, config.NormGroups, AutoencoderKL.Epsilon);
    readonly GroupNorm? norm = config.MidAttention ? new(scope["attentions.0.group_norm"], config.NormGroups, config.BlockOutChannels[^1], AutoencoderKL.Epsilon) : null;
    readonly CrossAttention? attention = config.MidAttention
        ? new(scope["attentions.0"], config.BlockOutChannels[^1], config.BlockOutChannels[^1], heads: 1, bias: true) : null;
    readonly ResnetBlock2D last = new(scope["resnets.1"], config.BlockOutChannels[^1], config.BlockOutChannels[^1], null, config.NormGroups, AutoencoderKL.Epsilon);

    public Tensor Forward(Tensor x)
    {
        x = first.Forward(x);
        if (attention is not null)
        {
            var tokens = Ops.Transpose(Ops.Reshape(norm!.Forward(x), x.Shape[0], channels, -1), 0, 2, 1);
            x += Ops.Reshape(Ops.Transpose(attention.Forward(tokens, tokens), 0, 2, 1), [.. x.Shape]);
        }

        return last.Forward(x);
    }
}
