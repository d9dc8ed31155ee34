namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>
/// Doubling a picture by repeating its elements and convolving the result with a 3x3 kernel becomes four convolutions of the small
/// picture with 2x2 kernels, whose results are interleaved: 16 multiplications for four elements of the result instead of 36.
/// </summary>
/// <remarks>
/// An even row of the doubled picture and the one after it are the same row of the small one, so that two of the three taps of a kernel
/// always meet the same element: for even rows of the result the taps are {w0, w1 + w2}, for odd rows {w0 + w1, w2}, and likewise for
/// columns. The sums are ordinary nodes over the weight, which the runtime computes once, while it loads (16/9 of the weight's memory).
/// </remarks>
public sealed class UpsampleConvFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "upsampling and convolution";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (!node.Is("Conv") || node.Inputs[0].By("Resize") is not { } resize || !IsPlain(node) || !Doubles(resize)) return null;
        if (node.Inputs[1]!.Node is not { IsLeaf: true } weight || weight.Op == Node.InputOp || !rewriter.UsedOnce(resize.Outputs[0])) return null;
        var bias = node.Inputs[2] is { } given ? rewriter[given] : null;
        return [Fuse(rewriter[resize.Inputs[0]!], rewriter[weight.Outputs[0]], bias)];
    });

    static Tensor Fuse(Tensor x, Tensor weight, Tensor? bias)
    {
        // Each phase as [batch, out, h, 1, w, 1]: put side by side along the axes of length 1, they interleave.
        Tensor Phase(int row, int column) =>
            Ops.Unsqueeze(Ops.Conv(x, Taps(Taps(weight, 2, row), 3, column), bias, padding: [1 - row, 1 - column, row, column]), 3, 5);
        Tensor Row(int row) => Ops.Concat(5, Phase(row, 0), Phase(row, 1));
        return Ops.Reshape(Ops.Concat(3, Row(0), Row(1)), x.Shape[0], weight.Shape[0], x.Shape[2] * 2, x.Shape[3] * 2);
    }

    static Tensor Taps(Tensor weight, int axis, int phase)
    {
        Tensor Tap(int i) => Ops.Slice(weight, axis, i, i + 1);
        return phase == 0 ? Ops.Concat(axis, Tap(0), Tap(1) + Tap(2)) : Ops.Concat(axis, Tap(0) + Tap(1), Tap(2));
    }

    /// <summary>3x3, a zero on every side, nothing else.</summary>
    static bool IsPlain(Node conv) =>
        conv.Attributes.Get<long[]>("kernel_shape") is [3, 3] && conv.Attributes.Get<long[]>("pads") is [1, 1, 1, 1]
        && conv.Attributes.Get<long[]>("strides") is null && conv.Attributes.Get<long[]>("dilations") is null && conv.Attributes.Int("group", 1) == 1;

    static bool Doubles(Node resize) =>
        resize.Inputs.Count == 3 && resize.Inputs[2]?.Node.Value is { Type: DType.Float32 } scales && scales.Floats is [1, 1, 2, 2]
        && resize.Attributes.Get<string>("mode") == "nearest" && resize.Attributes.Get<string>("nearest_mode") == "floor"
        && resize.Attributes.Get<string>("coordinate_transformation_mode") == "asymmetric";
}
