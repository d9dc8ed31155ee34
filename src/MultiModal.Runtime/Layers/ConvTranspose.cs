using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Layers;

/// <summary>A transposed convolution over time, as upsampling. Parameters: weight [in, out / groups, kernel], bias [out].</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="inputs">Channels in.</param>
/// <param name="outputs">Channels out.</param>
/// <param name="kernel">The kernel's length.</param>
/// <param name="stride">By how much the signal grows.</param>
/// <param name="padding">What is cut off on both sides.</param>
/// <param name="outputPadding">Zeros added at the end.</param>
/// <param name="groups">Into how many independent parts the channels fall.</param>
/// <param name="bias">Whether there is a bias.</param>
public sealed class ConvTranspose(
    Scope scope, int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int outputPadding = 0, int groups = 1, bool bias = true)
{
    readonly Tensor weight = scope.Parameter("weight", inputs, outputs / groups, kernel);
    readonly Tensor? offset = bias ? scope.Parameter("bias", outputs) : null;

    /// <summary>Applies it.</summary>
    /// <param name="x">[batch, in, frames]</param>
    /// <returns>[batch, out, (frames - 1) * stride + kernel + outputPadding - 2 * padding]</returns>
    public Tensor Forward(Tensor x) => Ops.ConvTranspose(x, weight, offset, [stride], [padding], [outputPadding], groups: groups);
}
