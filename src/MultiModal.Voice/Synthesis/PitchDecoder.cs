using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>Predicts the target speaker's pitch from what is said and the source's melody ("f0_decoder"): automatic pitch.</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="config">The dimensions.</param>
sealed class PitchDecoder(Scope scope, SynthesizerConfig config)
{
    readonly Conv prenet = Conv.OneD(scope["prenet"], config.HiddenChannels, config.HiddenChannels, 3, padding: 1);
    readonly FftBlock decoder = new(
        scope["decoder"], config.HiddenChannels, config.FilterChannels, config.Heads, config.PitchLayers, config.Kernel);
    readonly Conv projection = Conv.OneD(scope["proj"], config.HiddenChannels, 1, 1);
    readonly Conv pitchPrenet = Conv.OneD(scope["f0_prenet"], 1, config.HiddenChannels, 3, padding: 1);
    readonly Conv condition = Conv.OneD(scope["cond"], config.SpeakerChannels, config.HiddenChannels, 1);

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, hidden, frames]</param>
    /// <param name="pitch">The source's pitch, on the scale of <see cref="ToScale"/> and less its mean: [batch, 1, frames].</param>
    /// <param name="mask">[batch, 1, frames], or null.</param>
    /// <param name="speaker">[batch, features, 1 or frames]</param>
    /// <param name="apart">
    /// Whether frames that are not real are zero before the first convolution, so that a sequence is the same in a batch as alone. The original, whose batches are for
    /// training only, leaves them; false by default.
    /// </param>
    /// <returns>Pitch on the scale of <see cref="ToScale"/>: [batch, 1, frames].</returns>
    public Tensor Forward(Tensor x, Tensor pitch, Tensor? mask, Tensor speaker, bool apart = false)
    {
        x = Ops.StopGradient(x) + condition.Forward(speaker) + pitchPrenet.Forward(pitch);
        x = FrameMask.Apply(prenet.Forward(apart ? FrameMask.Apply(x, mask) : x), mask);
        return FrameMask.Apply(projection.Forward(decoder.Forward(x, mask)), mask);
    }

    /// <summary>Hertz to the mel scale of O'Shaughnessy in units of 500: 2595 log10(1 + f / 700) / 500.</summary>
    public static Tensor ToScale(Tensor hertz) => Ops.Log(1f + hertz / 700f) * (2595f / MathF.Log(10) / 500f);

    /// <summary>The inverse of <see cref="ToScale"/>.</summary>
    public static Tensor ToHertz(Tensor scaled) => (Ops.Exp(scaled * (500f / 2595f * MathF.Log(10))) - 1f) * 700f;

    /// <summary>The pitch less its mean over the voiced frames, which is 0 where there is none.</summary>
    /// <param name="scaled">[batch, 1, frames]</param>
    /// <param name="voiced">1 or 0: [batch, frames].</param>
    /// <param name="mask">[batch, 1, frames], or null.</param>
    /// <param name="factor">Multiplies the result (training varies it from 0.8 to 1.2): [batch, 1, 1], or null.</param>
    public static Tensor Normalise(Tensor scaled, Tensor voiced, Tensor? mask, Tensor? factor = null)
    {
        var weights = Ops.Unsqueeze(voiced, 1);
        var count = Ops.Sum(weights, [2], keep: true);
        // Where nothing is voiced the sum is 0 whatever it is divided by.
        var mean = Ops.Sum(scaled * weights, [2], keep: true) / Ops.Max(count, count.Graph.Constant(1f));
        var centred = scaled - mean;
        return FrameMask.Apply(factor is null ? centred : centred * factor, mask);
    }
}
