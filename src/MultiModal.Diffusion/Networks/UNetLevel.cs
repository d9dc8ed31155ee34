using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>The residual blocks and transformers of one level of a UNet, in turn.</summary>
sealed class UNetLevel
{
    readonly ResnetBlock2D[] resnets;
    readonly SpatialTransformer[]? attentions;

    /// <param name="scope">The block's place: "down_blocks.1".</param>
    /// <param name="config">The UNet's dimensions.</param>
    /// <param name="inputs">Channels into each residual block.</param>
    /// <param name="level">Which level, 0 being the finest.</param>
    /// <param name="hasAttention">Whether a transformer follows each residual block.</param>
    public UNetLevel(Scope scope, UNetConfig config, IReadOnlyList<int> inputs, int level, bool hasAttention)
    {
        var channels = config.BlockOutChannels[level];
        resnets = [.. inputs.Select((n, i) => new ResnetBlock2D(scope["resnets"][i], n, channels, config.BlockOutChannels[0] * 4, config.NormGroups, config.NormEpsilon))];
        if (hasAttention) attentions = [.. inputs.Select((_, i) => Attention(scope["attentions"][i], config, level))];
    }

    public int Count => resnets.Length;

    public Tensor Forward(int index, Tensor x, Tensor time, Tensor context)
    {
        x = resnets[index].Forward(x, time);
        return attentions is null ? x : attentions[index].Forward(x, context);
    }

    public static SpatialTransformer Attention(Scope scope, UNetConfig config, int level) => new(
        scope, config.BlockOutChannels[level], config.CrossAttentionSize, config.Heads[level], config.TransformerLayers[level],
        config.NormGroups, config.LinearProjection);
}
