using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Content;

/// <summary>
/// HuBERT (Hsu et al. 2021) and what was made of it: ContentVec, hubert-soft, chinese-hubert, WavLM. Convolutions over the waveform, then a
/// transformer. Parameters have the names of Hugging Face's models.
/// </summary>
sealed class HubertNetwork
{
    readonly HubertConfig config;
    readonly List<(Conv Conv, Func<Tensor, Tensor>? Norm)> convolutions = [];
    readonly LayerNorm featureNorm, encoderNorm;
    readonly Linear featureProjection;
    readonly Conv position;
    readonly List<HubertLayer> layers = [];
    readonly RelativeBias? relative;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">The root.</param>
    /// <param name="config">The dimensions.</param>
    /// <param name="depth">How many layers are needed.</param>
    public HubertNetwork(Scope scope, HubertConfig config, int depth)
    {
        this.config = config;
        for (var i = 0; i < config.ConvChannels.Count; i++)
        {
            var (place, channels) = (scope["feature_extractor.conv_layers"][i], config.ConvChannels[i]);
            var conv = Conv.OneD(
                place["conv"], i == 0 ? 1 : config.ConvChannels[i - 1], channels, config.ConvKernels[i], config.ConvStrides[i], bias: config.ConvBias);
            convolutions.Add((conv, config.LayerNormFeatures ? new LayerNorm(place["layer_norm"], channels).ForwardChannels
                : i == 0 ? new GroupNorm(place["layer_norm"], channels, channels).Forward : null));
        }

        featureNorm = new(scope["feature_projection.layer_norm"], config.ConvChannels[^1], config.Epsilon);
        featureProjection = new(scope["feature_projection.projection"], config.ConvChannels[^1], config.Hidden);
        position = Conv.OneD(
            scope["encoder.pos_conv_embed.conv"], config.Hidden, config.Hidden, config.PositionKernel, padding: config.PositionKernel / 2, groups: config.PositionGroups);
        encoderNorm = new(scope["encoder.layer_norm"], config.Hidden, config.Epsilon);
        for (var i = 0; i < depth; i++) layers.Add(new(scope["encoder.layers"][i], config));
        if (config.Buckets > 0) relative = new(scope["encoder.layers.0.attention.rel_attn_embed"], config.Buckets, config.MaxDistance, config.Heads);
    }

    /// <summary>What each layer gives.</summary>
    /// <param name="wave">[batch, samples]</param>
    /// <returns>The layers' outputs, first to last: [batch, frames, hidden] each.</returns>
    public IReadOnlyList<Tensor> Forward(Tensor wave)
    {
        var x = Ops.Unsqueeze(wave, 1);
        foreach (var (conv, norm) in convolutions)
        {
            x = conv.Forward(x);
            x = Ops.Gelu(norm is null ? x : norm(x));
        }

        x = featureProjection.Forward(featureNorm.Forward(Ops.SwapAxes(x, 1, 2)));
        x += Position(x);
        if (!config.NormFirst) x = encoderNorm.Forward(x);
        var bias = relative?.Forward(x.Shape[1]);
        var states = new List<Tensor>();
        foreach (var layer in layers)
        {
            x = layer.Forward(x, bias);
            states.Add(x);
        }

        return states;
    }

    /// <summary>The normalisation that follows the last layer where layers normalise first; nothing where they do not.</summary>
    public Tensor Finish(Tensor state) => config.NormFirst ? encoderNorm.Forward(state) : state;

    Tensor Position(Tensor x)
    {
        var shifted = position.Forward(Ops.SwapAxes(x, 1, 2));
        // An even kernel gives a frame too many.
        if (config.PositionKernel % 2 == 0) shifted = Ops.Slice(shifted, 2, 0, x.Shape[1]);
        return Ops.SwapAxes(Ops.Gelu(shifted), 1, 2);
    }
}
