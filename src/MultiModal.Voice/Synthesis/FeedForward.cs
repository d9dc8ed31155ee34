using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>Two convolutions over time with a ReLU between, as the feed-forward part of a transformer layer.</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="channels">Channels in and out.</param>
/// <param name="filter">Channels between.</param>
/// <param name="kernel">The kernel's length.</param>
/// <param name="causal">Whether a frame sees only itself and the past; otherwise the kernel is centred.</param>
sealed class FeedForward(Scope scope, int channels, int filter, int kernel, bool causal)
{
    readonly Tensor firstWeight = scope.Parameter("conv_1.weight", filter, channels, kernel);
    readonly Tensor firstBias = scope.Parameter("conv_1.bias", filter);
    readonly Tensor secondWeight = scope.Parameter("conv_2.weight", channels, filter, kernel);
    readonly Tensor secondBias = scope.Parameter("conv_2.bias", channels);
    readonly int[] padding = causal ? [kernel - 1, 0] : [(kernel - 1) / 2, kernel / 2];

    /// <summary>[batch, channels, frames] to the same.</summary>
    public Tensor Forward(Tensor x, Tensor? mask)
    {
        x = Ops.Relu(Ops.Conv(FrameMask.Apply(x, mask), firstWeight, firstBias, padding: padding));
        return FrameMask.Apply(Ops.Conv(FrameMask.Apply(x, mask), secondWeight, secondBias, padding: padding), mask);
    }
}
