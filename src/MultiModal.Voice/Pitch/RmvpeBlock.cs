using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Pitch;

/// <summary>Two 3x3 convolutions, each with batch normalisation and a ReLU, and a way around them.</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="inputs">Channels in.</param>
/// <param name="outputs">Channels out.</param>
sealed class RmvpeBlock(Scope scope, int inputs, int outputs)
{
    readonly Conv first = Conv.TwoD(scope["conv.0"], inputs, outputs, 3, padding: 1, bias: false);
    readonly BatchNorm firstNorm = new(scope["conv.1"], outputs);
    readonly Conv second = Conv.TwoD(scope["conv.3"], outputs, outputs, 3, padding: 1, bias: false);
    readonly BatchNorm secondNorm = new(scope["conv.4"], outputs);
    readonly Conv? shortcut = inputs == outputs ? null : Conv.TwoD(scope["shortcut"], inputs, outputs, 1);

    /// <summary>[batch, in, frames, bins] to [batch, out, frames, bins].</summary>
    public Tensor Forward(Tensor x)
    {
        var h = Ops.Relu(firstNorm.Forward(first.Forward(x)));
        h = Ops.Relu(secondNorm.Forward(second.Forward(h)));
        return h + (shortcut is null ? x : shortcut.Forward(x));
    }
}
