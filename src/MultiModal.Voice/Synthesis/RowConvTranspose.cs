using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>A transposed convolution over time, computed as <see cref="RowConv"/> is. Parameters: weight [in, out, kernel], bias [out].</summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="inputs">Channels in.</param>
/// <param name="outputs">Channels out.</param>
/// <param name="kernel">The kernel's length.</param>
/// <param name="stride">By how much the signal grows.</param>
/// <param name="padding">What is cut off on both sides.</param>
sealed class RowConvTranspose(Scope scope, int inputs, int outputs, int kernel, int stride, int padding)
{
    readonly Tensor weight = scope.Parameter("weight", inputs, outputs, kernel);
    readonly Tensor bias = scope.Parameter("bias", outputs);

    /// <summary>[batch, in, 1, time] to [batch, out, 1, (time - 1) * stride + kernel - 2 * padding].</summary>
    public Tensor Forward(Tensor x) => Ops.ConvTranspose(x, Ops.Unsqueeze(weight, 2), bias, [1, stride], [0, padding]);
}
