using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Voice.Synthesis;

/// <summary>
/// ONNX Runtime's processor kernels keep pictures in blocks of channels between convolutions, and bring them back for whatever else needs them: a leaky rectifier
/// that follows no convolution is such. A convolution that changes nothing keeps the signal in blocks, and takes the rectifier after it into itself: a pass through
/// memory instead of three.
/// </summary>
static class BlockedLayout
{
    /// <summary>The same signal, from a convolution: [batch, channels, 1, samples].</summary>
    public static Tensor Enter(Tensor x)
    {
        var channels = (int)x.Shape[1].Value;
        var ones = TensorData.Zeros(DType.Float32, channels, 1, 1, 1);
        ones.Floats.Fill(1);
        return Ops.Conv(x, x.Graph.Constant(ones), groups: channels);
    }
}
