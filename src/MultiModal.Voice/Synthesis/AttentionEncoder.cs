using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>A transformer over frames with relative positions and normalisation after each part: "enc_p.enc_".</summary>
sealed class AttentionEncoder
{
    readonly List<(MultiHeadAttention Attention, LayerNorm First, FeedForward Feed, LayerNorm Second)> layers = [];

    public AttentionEncoder(Scope scope, int channels, int filter, int heads, int count, int kernel, int window)
    {
        for (var i = 0; i < count; i++)
        {
            layers.Add((
                new(scope["attn_layers"][i], channels, heads, window),
                new(scope["norm_layers_1"][i], channels, weightName: "gamma", biasName: "beta"),
                new(scope["ffn_layers"][i], channels, filter, kernel, causal: false),
                new(scope["norm_layers_2"][i], channels, weightName: "gamma", biasName: "beta")));
        }
    }

    /// <summary>[batch, channels, frames] to the same.</summary>
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        var hidden = FrameMask.ForAttention(mask);
        x = FrameMask.Apply(x, mask);
        foreach (var (attention, first, feed, second) in layers)
        {
            x = first.ForwardChannels(x + attention.Forward(x, hidden));
            x = second.ForwardChannels(x + feed.Forward(x, mask));
        }

        return FrameMask.Apply(x, mask);
    }
}
