using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>
/// Networks that enlarge pictures: ESRGAN's residual-in-residual dense blocks (Wang et al. 2018, section 3.1; Real-ESRGAN, Wang et al. 2021), and
/// Real-ESRGAN's compact one. Parameters are named as in BasicSR's RRDBNet and SRVGGNetCompact.
/// </summary>
public static class Upscaler
{
    const float ResidualScale = 0.2f, Slope = 0.2f;

    /// <summary>Enlarges.</summary>
    /// <param name="scope">Where the parameters are.</param>
    /// <param name="config">The dimensions.</param>
    /// <param name="image">RGB, 0 to 1: [batch, 3, height, width], height and width multiples of the fold.</param>
    /// <returns>About 0 to 1: [batch, 3, scale * height, scale * width].</returns>
    public static Tensor Forward(Scope scope, UpscalerConfig config, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(image);
        return config.IsCompact ? Compact(scope, config, image) : Dense(scope, config, image);
    }

    static Tensor Dense(Scope scope, UpscalerConfig config, Tensor image)
    {
        var channels = config.Channels;
        var first = Conv3(scope["conv_first"], 3 * config.Fold * config.Fold, channels, Fold(image, config.Fold));
        var x = first;
        for (var i = 0; i < config.Blocks; i++) x = Block(scope["body"][i], config, x);
        x = first + Conv3(scope["conv_body"], channels, channels, x);
        for (var i = 1; i <= config.Doublings; i++)
            x = Ops.LeakyRelu(Conv3(scope[$"conv_up{i}"], channels, channels, Ops.Resize(x, [x.Shape[2] * 2, x.Shape[3] * 2])), Slope);
        x = Ops.LeakyRelu(Conv3(scope["conv_hr"], channels, channels, x), Slope);
        return Conv3(scope["conv_last"], channels, 3, x);
    }

    /// <summary>Three dense blocks, a fifth of which is added to what goes in.</summary>
    static Tensor Block(Scope scope, UpscalerConfig config, Tensor x)
    {
        var inner = x;
        for (var i = 1; i <= 3; i++) inner = DenseBlock(scope[$"rdb{i}"], config, inner);
        return x + (inner * ResidualScale);
    }

    /// <summary>Five convolutions, each of which sees all that those before it made.</summary>
    static Tensor DenseBlock(Scope scope, UpscalerConfig config, Tensor x)
    {
        var seen = x;
        for (var i = 1; i < 5; i++)
        {
            var inputs = config.Channels + ((i - 1) * config.Growth);
            seen = Ops.Concat(1, seen, Ops.LeakyRelu(Conv3(scope[$"conv{i}"], inputs, config.Growth, seen), Slope));
        }

        return x + (Conv3(scope["conv5"], config.Channels + (4 * config.Growth), config.Channels, seen) * ResidualScale);
    }

    static Tensor Compact(Scope scope, UpscalerConfig config, Tensor image)
    {
        var (body, scale) = (scope["body"], config.CompactScale);
        var x = Prelu(body[1], config.Channels, Conv3(body[0], 3, config.Channels, image));
        for (var i = 1; i <= config.Blocks; i++) x = Prelu(body[(2 * i) + 1], config.Channels, Conv3(body[2 * i], config.Channels, config.Channels, x));
        x = Ops.PixelShuffle(Conv3(body[2 * (config.Blocks + 1)], config.Channels, 3 * scale * scale, x), scale);
        return x + Ops.Resize(image, [image.Shape[2] * scale, image.Shape[3] * scale]);
    }

    static Tensor Prelu(Scope scope, int channels, Tensor x) =>
        Ops.Relu(x) - (Ops.Relu(-x) * Ops.Reshape(scope.Parameter("weight", channels), 1, channels, 1, 1));

    static Tensor Conv3(Scope scope, int inputs, int outputs, Tensor x) => Conv.TwoD(scope, inputs, outputs, 3, padding: 1).Forward(x);

    /// <summary>Squares of pixels into channels, at channel * fold^2 + row * fold + column: the inverse of a pixel shuffle.</summary>
    static Tensor Fold(Tensor image, int fold)
    {
        if (fold == 1) return image;
        var (batch, height, width) = (image.Shape[0], image.Shape[2] / fold, image.Shape[3] / fold);
        var cut = Ops.Transpose(Ops.Reshape(image, batch, 3, height, fold, width, fold), 0, 1, 3, 5, 2, 4);
        return Ops.Reshape(cut, batch, 3 * fold * fold, height, width);
    }
}
