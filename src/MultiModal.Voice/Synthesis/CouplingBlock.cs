using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// The normalising flow between the posterior's latent and the prior's: couplings with the channels reversed after each ("flow"). The networks
/// inside are WaveNets (ResidualCouplingBlock) or causal transformers (TransformerCouplingBlock).
/// </summary>
sealed class CouplingBlock
{
    // Fixed in the original's constructor calls, and in no config.
    const int Kernel = 5;

    readonly List<CouplingLayer> couplings = [];

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are: "flow".</param>
    /// <param name="config">The dimensions.</param>
    public CouplingBlock(Scope scope, SynthesizerConfig config)
    {
        var flows = scope["flows"];
        // With shared parameters the checkpoint repeats the same network under every coupling; one of them is enough.
        var shared = config.SharedFlow ? Network(scope["wn"], config) : null;
        for (var i = 0; i < config.FlowLayers; i++)
        {
            var place = flows[2 * i];
            couplings.Add(new(place, config.InterChannels, config.HiddenChannels, shared ?? Network(place["enc"], config)));
        }
    }

    /// <summary>Towards the prior (training).</summary>
    /// <param name="z">[batch, channels, frames]</param>
    /// <param name="mask">[batch, 1, frames], or null.</param>
    /// <param name="speaker">[batch, features, 1 or frames]</param>
    public Tensor Forward(Tensor z, Tensor? mask, Tensor speaker)
    {
        foreach (var coupling in couplings) z = Flip(coupling.Forward(z, mask, speaker, reverse: false));
        return z;
    }

    /// <summary>From the prior (inference).</summary>
    /// <inheritdoc cref="Forward"/>
    public Tensor Reverse(Tensor z, Tensor? mask, Tensor speaker)
    {
        for (var i = couplings.Count - 1; i >= 0; i--) z = couplings[i].Forward(Flip(z), mask, speaker, reverse: true);
        return z;
    }

    static Func<Tensor, Tensor?, Tensor, Tensor> Network(Scope scope, SynthesizerConfig config)
    {
        if (!config.TransformerFlow)
            return new WaveNet(scope, config.HiddenChannels, Kernel, config.FlowNetworkLayers, config.SpeakerChannels, config.DepthwiseConvolutions).Forward;
        return new FftBlock(
            scope, config.HiddenChannels, config.FilterChannels, config.Heads, config.FlowNetworkLayers, Kernel, config.SpeakerChannels).Forward;
    }

    static Tensor Flip(Tensor x) => Ops.Slice(x, 1, 0, null, -1);
}
