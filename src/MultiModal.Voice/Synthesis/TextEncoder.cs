using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>The prior: what is said and at what pitch, to the distribution of the latent ("enc_p", named after its part in VITS).</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="config">The dimensions.</param>
sealed class TextEncoder(Scope scope, SynthesizerConfig config)
{
    readonly Embedding pitch = new(scope["f0_emb"], 256, config.HiddenChannels);
    readonly AttentionEncoder encoder = new(
        scope["enc_"], config.HiddenChannels, config.FilterChannels, config.Heads, config.Layers, config.Kernel, config.Window);
    readonly Conv projection = Conv.OneD(scope["proj"], config.HiddenChannels, 2 * config.InterChannels, 1);

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, hidden, frames]</param>
    /// <param name="coarse">The pitch in 256 steps: int64 [batch, frames].</param>
    /// <param name="mask">[batch, 1, frames], or null.</param>
    /// <returns>Mean and logarithm of the deviation: [batch, inter, frames] each.</returns>
    public (Tensor Mean, Tensor LogDeviation) Forward(Tensor x, Tensor coarse, Tensor? mask)
    {
        x = FrameMask.Apply(x + Ops.SwapAxes(pitch.Forward(coarse), 1, 2), mask);
        var statistics = FrameMask.Apply(projection.Forward(encoder.Forward(x, mask)), mask);
        var parts = Ops.Split(statistics, 1, config.InterChannels, config.InterChannels);
        return (parts[0], parts[1]);
    }
}
