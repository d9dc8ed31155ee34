using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Networks;

/// <summary>
/// TAESD, a distilled autoencoder of a few convolutions (Boer Bohan 2023): a rougher picture in a fiftieth of the time. Named as diffusers'
/// AutoencoderTiny: encoder.layers.N, decoder.layers.N.
/// </summary>
public static class TinyAutoencoder
{
    /// <summary>A picture to its latent.</summary>
    /// <param name="scope">Where the parameters are.</param>
    /// <param name="config">Its dimensions.</param>
    /// <param name="image">-1 to 1: [batch, 3, height, width].</param>
    /// <returns>The latent as the UNet has it (scaled): [batch, latent channels, height / 8, width / 8].</returns>
    public static Tensor Encode(Scope scope, TinyAutoencoderConfig config, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(image);
        var (layers, next) = (scope["encoder.layers"], 0);
        var x = (image + 1f) * 0.5f;
        for (var i = 0; i < config.EncoderChannels.Count; i++)
        {
            var channels = config.EncoderChannels[i];
            x = i == 0 ? Conv.TwoD(layers[next++], 3, channels, 3, padding: 1).Forward(x)
                : Conv.TwoD(layers[next++], channels, channels, 3, stride: 2, padding: 1, bias: false).Forward(x);
            for (var n = 0; n < config.EncoderBlocks[i]; n++) x = Block(layers[next++], channels, x);
        }

        return Conv.TwoD(layers[next], config.EncoderChannels[^1], config.LatentChannels, 3, padding: 1).Forward(x);
    }

    /// <summary>A latent to its picture.</summary>
    /// <param name="scope">Where the parameters are.</param>
    /// <param name="config">Its dimensions.</param>
    /// <param name="latent">As the UNet has it (scaled): [batch, latent channels, height, width].</param>
    /// <returns>About -1 to 1: [batch, 3, height * 8, width * 8].</returns>
    public static Tensor Decode(Scope scope, TinyAutoencoderConfig config, Tensor latent)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(latent);
        var layers = scope["decoder.layers"];
        var x = Ops.Tanh(latent * (1f / 3)) * 3f;
        x = Ops.Relu(Conv.TwoD(layers[0], config.LatentChannels, config.DecoderChannels[0], 3, padding: 1).Forward(x));

        // The numbers of layers without parameters (activation, doubling) are counted, too.
        var next = 2;
        for (var i = 0; i < config.DecoderChannels.Count; i++)
        {
            var (channels, last) = (config.DecoderChannels[i], i == config.DecoderChannels.Count - 1);
            for (var n = 0; n < config.DecoderBlocks[i]; n++) x = Block(layers[next++], channels, x);
            if (!last) (x, next) = (Ops.Resize(x, [x.Shape[2] * 2, x.Shape[3] * 2]), next + 1);
            x = Conv.TwoD(layers[next++], channels, last ? 3 : channels, 3, padding: 1, bias: last).Forward(x);
        }

        return (x * 2f) - 1f;
    }

    /// <summary>Brings the layouts people have to diffusers': the original files number the decoder's layers from 1, after a clamp without parameters.</summary>
    /// <param name="weights">A file of diffusers', or the original encoder or decoder alone, or both under prefixes. Disposing the result disposes it.</param>
    /// <param name="decoder">Whether bare numbers are the decoder's; decided by the shape of the first layer when null.</param>
    public static IWeightSource InDiffusersLayout(IWeightSource weights, bool? decoder = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Names.Any(n => n.Contains(".layers.", StringComparison.Ordinal))) return weights;
        var bare = decoder ?? weights.Find("1.weight") is not null;
        var map = new WeightMap();
        foreach (var name in weights.Names)
        {
            var parts = name.Split('.');
            var at = Array.FindIndex(parts, p => int.TryParse(p, out _));
            if (at < 0 || !int.TryParse(parts[at], out var number)) continue;
            var prefix = string.Join('.', parts[..at]);
            var ofDecoder = prefix.Contains("decoder", StringComparison.Ordinal) || (at == 0 && bare);
            map.Rename(name, $"{(ofDecoder ? "decoder" : "encoder")}.layers.{(ofDecoder ? number - 1 : number)}.{string.Join('.', parts[(at + 1)..])}");
        }

        return map.Apply(weights);
    }

    static Tensor Block(Scope scope, int channels, Tensor x)
    {
        var h = x;
        for (var i = 0; i < 3; i++)
        {
            h = Conv.TwoD(scope["conv"][2 * i], channels, channels, 3, padding: 1).Forward(h);
            if (i < 2) h = Ops.Relu(h);
        }

        return Ops.Relu(h + x);
    }
}
