using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>
/// Convolutions. The gradient of the input is a convolution with the flipped weight where the stride is 1, a transposed one otherwise; the
/// gradient of the weight is one matrix product for each element of the kernel. A transposed convolution is the gradient of a convolution,
/// so that its own gradients are a convolution and the same products with the parts exchanged.
/// </summary>
static class ConvolutionRules
{
    public static Tensor ConvInput(GradientStep s) => InputGradient(new(s.Node), s.Full, s[1], s[0].Shape);

    public static Tensor ConvWeight(GradientStep s) => WeightGradient(new(s.Node), s[0], s.Full, s[1].Shape);

    public static Tensor TransposedInput(GradientStep s)
    {
        var window = new SlidingWindow(s.Node);
        return Ops.Conv(s.Full, s[1], null, window.Stride, [.. window.Before, .. window.After], window.Dilation, window.Groups);
    }

    public static Tensor TransposedWeight(GradientStep s) => WeightGradient(new(s.Node), s.Full, s[0], s[1].Shape);

    public static Tensor Bias(GradientStep s) => Ops.Sum(s.Full, [.. Enumerable.Range(0, s.Y.Rank).Where(axis => axis != 1)]);

    static Tensor InputGradient(SlidingWindow window, Tensor gradient, Tensor weight, Shape shape)
    {
        var axes = window.Kernel.Length;
        if (!window.IsDense)
        {
            var missing = new int[axes];
            for (var axis = 0; axis < axes; axis++)
            {
                var reached = ((gradient.Shape[axis + 2] - 1) * window.Stride[axis]) + window.Reach(axis) - window.Before[axis] - window.After[axis];
                missing[axis] = shape[axis + 2] - reached is { IsKnown: true } rest ? (int)rest.Value
                    : throw new GraphException("Gradients", $"how the stride {window.Stride[axis]} divides a length of {shape[axis + 2]} must be known.", [gradient, weight]);
            }

            return Ops.ConvTranspose(gradient, weight, null, window.Stride, [.. window.Before, .. window.After], missing, window.Dilation, window.Groups);
        }

        int[] before = [.. window.Before.Select((p, axis) => window.Reach(axis) - 1 - p)];
        int[] after = [.. window.After.Select((p, axis) => window.Reach(axis) - 1 - p)];
        if (before.Concat(after).Any(p => p < 0))
            gradient = Ops.Pad(gradient, [0, 0, .. before.Select(p => Math.Min(p, 0))], [0, 0, .. after.Select(p => Math.Min(p, 0))]);
        return Ops.Conv(gradient, Flipped(weight, window), null, default, [.. before.Concat(after).Select(p => Math.Max(p, 0))], window.Dilation, window.Groups);
    }

    /// <summary>[out, in / groups, kernel...] to [in, out / groups, kernel reversed...].</summary>
    static Tensor Flipped(Tensor weight, SlidingWindow window)
    {
        var (outputs, inputs) = (weight.Shape[0], weight.Shape[1]);
        var kernel = weight.Shape.Skip(2).ToArray();
        var parts = Ops.Reshape(weight, window.Groups, outputs / window.Groups, inputs, window.Taps);
        var swapped = Ops.Transpose(parts, 0, 2, 1, 3);

        // Reversing every axis of the kernel is reversing the kernel as one run.
        if (window.Taps > 1) swapped = Ops.Slice(swapped, 3, 0, step: -1);
        return Ops.Reshape(swapped, [inputs * window.Groups, outputs / window.Groups, .. kernel]);
    }

    /// <summary>
    /// For each element of the kernel the product [out, batch * space] x [batch * space, in], with the channels of x last: then whole runs of
    /// channels are padded and cut out, not single elements.
    /// </summary>
    static Tensor WeightGradient(SlidingWindow window, Tensor x, Tensor gradient, Shape shape)
    {
        var (groups, outputs, inputs) = (window.Groups, shape[0], shape[1]);
        var spatial = Enumerable.Range(2, window.Kernel.Length).ToArray();
        var lengths = gradient.Shape.Skip(2).ToArray();
        var last = window.PaddedLast(Ops.Transpose(x, [0, .. spatial, 1]));
        var rows = groups == 1
            ? Ops.Reshape(Ops.Transpose(gradient, [1, 0, .. spatial]), outputs, -1)
            : Ops.Reshape(Ops.Transpose(Ops.Reshape(gradient, gradient.Shape[0], groups, outputs / groups, -1), 1, 2, 0, 3), groups, outputs / groups, -1);
        var taps = new List<Tensor>();
        foreach (var place in window.Places())
        {
            var met = window.Met(last, place, lengths, firstAxis: 1);
            var columns = groups == 1 ? Ops.Reshape(met, -1, inputs) : Ops.Transpose(Ops.Reshape(met, -1, groups, inputs), 1, 0, 2);
            taps.Add(Ops.Reshape(Ops.MatMul(rows, columns), outputs, inputs));
        }

        // The kernel's axes before the channels, and one transpose that moves a single axis: the runtime is quick at that.
        var kernel = shape.Skip(2).ToArray();
        var apart = Ops.Reshape(Ops.Concat(1, [.. taps]), [outputs, .. kernel, inputs]);
        return taps.Count == 1 ? Ops.Reshape(taps[0], [.. shape]) : Ops.Transpose(apart, [0, kernel.Length + 1, .. Enumerable.Range(1, kernel.Length)]);
    }
}
