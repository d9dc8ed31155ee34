using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>Content units, voicing and volume as one sequence ("pre", "emb_uv", "emb_vol").</summary>
/// <param name="scope">The root.</param>
/// <param name="config">The dimensions.</param>
sealed class ContentPrenet(Scope scope, SynthesizerConfig config)
{
    readonly Conv pre = Conv.OneD(scope["pre"], config.ContentChannels, config.HiddenChannels, 5, padding: 2);
    readonly Embedding voicing = new(scope["emb_uv"], 2, config.HiddenChannels);
    readonly Linear? volume = config.VolumeEmbedding ? new(scope["emb_vol"], 1, config.HiddenChannels) : null;

    /// <summary>Applies it.</summary>
    /// <param name="content">[batch, content, frames]</param>
    /// <param name="voiced">1 or 0: int64 [batch, frames].</param>
    /// <param name="loudness">[batch, frames], or null where it is not known.</param>
    /// <param name="mask">[batch, 1, frames], or null.</param>
    /// <returns>[batch, hidden, frames]</returns>
    public Tensor Forward(Tensor content, Tensor voiced, Tensor? loudness, Tensor? mask)
    {
        var x = FrameMask.Apply(pre.Forward(content), mask) + Ops.SwapAxes(voicing.Forward(voiced), 1, 2);
        return volume is null || loudness is null ? x : x + Ops.SwapAxes(volume.Forward(Ops.Unsqueeze(loudness, 2)), 1, 2);
    }
}
