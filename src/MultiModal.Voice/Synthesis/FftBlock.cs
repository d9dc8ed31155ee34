using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// A causal transformer over frames ("FFT" in the original, for feed-forward transformer): the pitch decoder, and the network inside the
/// couplings of the transformer flow, where it is conditioned on the speaker.
/// </summary>
sealed class FftBlock
{
    readonly List<(MultiHeadAttention Attention, LayerNorm First, FeedForward Feed, LayerNorm Second)> layers = [];
    readonly Conv? conditionInput, conditionLayer;
    readonly int channels;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are.</param>
    /// <param name="channels">Channels in and out.</param>
    /// <param name="filter">Channels inside the feed-forward part.</param>
    /// <param name="heads">How many heads.</param>
    /// <param name="count">How many layers.</param>
    /// <param name="kernel">The kernel of the feed-forward part.</param>
    /// <param name="speakerChannels">The length of the speaker embedding; null where there is no condition.</param>
    public FftBlock(Scope scope, int channels, int filter, int heads, int count, int kernel, int? speakerChannels = null)
    {
        this.channels = channels;
        if (speakerChannels is { } features)
        {
            // One input projection for all layers: the checkpoint has just one.
            conditionInput = Conv.OneD(scope["cond_pre"], channels, 2 * channels, 1);
            conditionLayer = Conv.OneD(scope["cond_layer"], features, 2 * channels * count, 1);
        }

        for (var i = 0; i < count; i++)
        {
            layers.Add((
                new(scope["self_attn_layers"][i], channels, heads),
                new(scope["norm_layers_0"][i], channels, weightName: "gamma", biasName: "beta"),
                new(scope["ffn_layers"][i], channels, filter, kernel, causal: true),
                new(scope["norm_layers_1"][i], channels, weightName: "gamma", biasName: "beta")));
        }
    }

    /// <summary>[batch, channels, frames] (and the speaker, [batch, features, 1 or frames]) to [batch, channels, frames].</summary>
    public Tensor Forward(Tensor x, Tensor? mask, Tensor? speaker = null)
    {
        var past = FrameMask.Causal(x.Graph, x.Shape[2]);
        var conditions = conditionLayer is null ? null : Ops.Chunk(conditionLayer.Forward(speaker!), layers.Count, 1);
        x = FrameMask.Apply(x, mask);
        for (var i = 0; i < layers.Count; i++)
        {
            var (attention, first, feed, second) = layers[i];
            if (conditions is not null) x = Gate.Apply(conditionInput!.Forward(x), conditions[i], channels);
            x = first.ForwardChannels(x + attention.Forward(x, past));
            x = second.ForwardChannels(x + feed.Forward(x, mask));
        }

        return FrameMask.Apply(x, mask);
    }
}
