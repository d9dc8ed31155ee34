using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Pitch;

/// <summary>FCPE as So-VITS-SVC has it: convolutions, then layers of linear attention (Choromanski et al. 2020, "Performers") and gated convolutions.</summary>
sealed class FcpeNetwork
{
    const int Groups = 4;

    readonly Conv first, second;
    readonly GroupNorm stackNorm;
    readonly List<FcpeLayer> layers = [];
    readonly LayerNorm norm;
    readonly Linear output;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">The root.</param>
    /// <param name="config">The dimensions.</param>
    public FcpeNetwork(Scope scope, FcpeConfig config)
    {
        first = Conv.OneD(scope["stack.0"], config.MelBins, config.Channels, 3, padding: 1);
        stackNorm = new(scope["stack.1"], Groups, config.Channels);
        second = Conv.OneD(scope["stack.3"], config.Channels, config.Channels, 3, padding: 1);
        for (var i = 0; i < config.Layers; i++) layers.Add(new(scope["decoder._layers"][i], config));
        norm = new(scope["norm"], config.Channels);
        output = new(scope["dense_out"], config.Channels, config.Bins);
    }

    /// <summary>How likely each bin of pitch is.</summary>
    /// <param name="mel">[1, frames, mel bins]</param>
    /// <returns>[1, frames, bins], each 0 to 1.</returns>
    public Tensor Forward(Tensor mel)
    {
        var x = Ops.LeakyRelu(stackNorm.Forward(first.Forward(Ops.SwapAxes(mel, 1, 2))));
        x = Ops.SwapAxes(second.Forward(x), 1, 2);
        foreach (var layer in layers) x = layer.Forward(x);
        return Ops.Sigmoid(output.Forward(norm.Forward(x)));
    }
}
