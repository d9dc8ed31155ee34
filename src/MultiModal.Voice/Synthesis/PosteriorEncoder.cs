using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>The posterior: a linear spectrogram to the distribution of the latent ("enc_q"). Training only; released models lack it.</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="config">The dimensions.</param>
sealed class PosteriorEncoder(Scope scope, SynthesizerConfig config)
{
    // Fixed in the original's constructor call, and in no config.
    const int Kernel = 5;

    readonly Conv pre = Conv.OneD(scope["pre"], config.SpectrumChannels, config.HiddenChannels, 1);
    readonly WaveNet network = new(
        scope["enc"], config.HiddenChannels, Kernel, config.PosteriorLayers, config.SpeakerChannels, config.DepthwiseConvolutions);
    readonly Conv projection = Conv.OneD(scope["proj"], config.HiddenChannels, 2 * config.InterChannels, 1);

    /// <summary>Applies it.</summary>
    /// <param name="spectrum">Magnitudes: [batch, bins, frames].</param>
    /// <param name="mask">[batch, 1, frames], or null.</param>
    /// <param name="speaker">[batch, features, 1]</param>
    /// <returns>Mean and logarithm of the deviation: [batch, inter, frames] each.</returns>
    public (Tensor Mean, Tensor LogDeviation) Forward(Tensor spectrum, Tensor? mask, Tensor speaker)
    {
        var x = network.Forward(FrameMask.Apply(pre.Forward(spectrum), mask), mask, speaker);
        var parts = Ops.Split(FrameMask.Apply(projection.Forward(x), mask), 1, config.InterChannels, config.InterChannels);
        return (parts[0], parts[1]);
    }
}
