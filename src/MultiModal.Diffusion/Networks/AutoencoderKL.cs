using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>The autoencoder between pictures and latents (Rombach et al. 2022), named as diffusers' AutoencoderKL.</summary>
/// <remarks>Encoder and decoder are apart, so that a graph can hold just one of them.</remarks>
public static class AutoencoderKL
{
    /// <summary>Added to the variance in every normalisation.</summary>
    internal const float Epsilon = 1e-6f;

    /// <summary>The names of all its parameters, the encoder's and the decoder's.</summary>
    internal static IEnumerable<string> ParameterNames(VaeConfig config)
    {
        var graph = new Graph();
        Encode(graph.Root, config, graph.Input("image", DType.Float32, 1, config.InChannels, config.Factor, config.Factor));
        Decode(graph.Root, config, graph.Input("latent", DType.Float32, 1, config.LatentChannels, 1, 1));
        return graph.Parameters.Keys;
    }

    /// <summary>A picture to the distribution of its latent, without the scaling factor.</summary>
    /// <param name="scope">Where the parameters are: the root of vae/.</param>
    /// <param name="config">Its dimensions.</param>
    /// <param name="image">-1 to 1: [batch, 3, height, width], multiples of the factor.</param>
    /// <returns>Mean and logarithm of the variance (kept within -30 and 20): [batch, latent channels, height / 8, width / 8] each.</returns>
    public static (Tensor Mean, Tensor LogVariance) Encode(Scope scope, VaeConfig config, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        var encoder = scope["encoder"];
        var channels = config.BlockOutChannels;
        var x = Conv.TwoD(encoder["conv_in"], config.InChannels, channels[0], 3, padding: 1).Forward(image);
        for (var i = 0; i < channels.Count; i++)
        {
            var block = encoder["down_blocks"][i];
            for (var n = 0; n < config.LayersPerBlock; n++)
                x = new ResnetBlock2D(block["resnets"][n], n == 0 && i > 0 ? channels[i - 1] : channels[i], channels[i], null, config.NormGroups, Epsilon).Forward(x);
            if (i == channels.Count - 1) continue;

            // Halved with a zero added at the right and the bottom only.
            x = Conv.TwoD(block["downsamplers.0.conv"], channels[i], channels[i], 3, stride: 2).Forward(Ops.Pad(x, [0, 0, 0, 0], [0, 0, 1, 1]));
        }

        x = new VaeMiddle(encoder["mid_block"], config).Forward(x);
        x = Ops.Silu(new GroupNorm(encoder["conv_norm_out"], config.NormGroups, channels[^1], Epsilon).Forward(x));
        x = Conv.TwoD(encoder["conv_out"], channels[^1], config.LatentChannels * 2, 3, padding: 1).Forward(x);
        if (config.QuantConv) x = Conv.TwoD(scope["quant_conv"], config.LatentChannels * 2, config.LatentChannels * 2, 1).Forward(x);
        var parts = Ops.Chunk(x, 2, 1);
        return (parts[0], Ops.Clip(parts[1], -30, 20));
    }

    /// <summary>A latent to its picture, without the scaling factor.</summary>
    /// <param name="scope">Where the parameters are: the root of vae/.</param>
    /// <param name="config">Its dimensions.</param>
    /// <param name="latent">[batch, latent channels, height, width]</param>
    /// <returns>About -1 to 1: [batch, 3, height * 8, width * 8].</returns>
    public static Tensor Decode(Scope scope, VaeConfig config, Tensor latent)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        var decoder = scope["decoder"];
        int[] channels = [.. config.BlockOutChannels.Reverse()];
        var x = latent;
        if (config.PostQuantConv) x = Conv.TwoD(scope["post_quant_conv"], config.LatentChannels, config.LatentChannels, 1).Forward(x);
        x = Conv.TwoD(decoder["conv_in"], config.LatentChannels, channels[0], 3, padding: 1).Forward(x);
        x = new VaeMiddle(decoder["mid_block"], config).Forward(x);
        for (var i = 0; i < channels.Length; i++)
        {
            var block = decoder["up_blocks"][i];
            for (var n = 0; n <= config.LayersPerBlock; n++)
                x = new ResnetBlock2D(block["resnets"][n], n == 0 && i > 0 ? channels[i - 1] : channels[i], channels[i], null, config.NormGroups, Epsilon).Forward(x);
            if (i == channels.Length - 1) continue;
            x = Conv.TwoD(block["upsamplers.0.conv"], channels[i], channels[i], 3, padding: 1).Forward(Ops.Resize(x, [x.Shape[2] * 2, x.Shape[3] * 2]));
        }

        x = Ops.Silu(new GroupNorm(decoder["conv_norm_out"], config.NormGroups, channels[^1], Epsilon).Forward(x));
        return Conv.TwoD(decoder["conv_out"], channels[^1], config.OutChannels, 3, padding: 1).Forward(x);
    }
}
