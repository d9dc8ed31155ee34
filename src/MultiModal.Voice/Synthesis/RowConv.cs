using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// A convolution over time, computed as one over pictures of a single row: ONNX Runtime keeps pictures in blocks of channels and has faster
/// kernels for them. Parameters: weight [out, in, kernel], bias [out].
/// </summary>
/// <param name="scope">Where its parameters are.</param>
/// <param name="inputs">Channels in.</param>
/// <param name="outputs">Channels out.</param>
/// <param name="kernel">The kernel's length.</param>
/// <param name="stride">The step.</param>
/// <param name="padding">Zeros on both sides.</param>
/// <param name="dilation">The distance between taps.</param>
sealed class RowConv(Scope scope, int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1)
{
    readonly Tensor weight = scope.Parameter("weight", outputs, inputs, kernel);
    readonly Tensor bias = scope.Parameter("bias", outputs);

    /// <summary>[batch, in, 1, time] to [batch, out, 1, time].</summary>
    public Tensor Forward(Tensor x) => Ops.Conv(x, Ops.Unsqueeze(weight, 2), bias, [1, stride], [0, padding], [1, dilation]);
}
