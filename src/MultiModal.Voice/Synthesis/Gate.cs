using MultiModal.Runtime.Graphs;

namespace MultiModal.Voice.Synthesis;

/// <summary>The gated activation of WaveNet (van den Oord et al. 2016, equation 2).</summary>
static class Gate
{
    /// <summary>tanh of the first half of the channels times sigmoid of the second.</summary>
    /// <param name="x">[batch, 2 channels, frames]</param>
    /// <param name="condition">Added before: [batch, 2 channels, 1 or frames].</param>
    /// <param name="channels">Channels out.</param>
    public static Tensor Apply(Tensor x, Tensor condition, int channels)
    {
        var parts = Ops.Split(x + condition, 1, channels, channels);
        return Ops.Tanh(parts[0]) * Ops.Sigmoid(parts[1]);
    }
}
