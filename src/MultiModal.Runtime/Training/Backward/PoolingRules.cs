using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Pooling: channels are independent, so that each is a picture of its own with one channel.</summary>
static class PoolingRules
{
    /// <summary>Each element of the gradient, over the number of elements in its window, is added to all of them.</summary>
    public static Tensor Average(GradientStep s)
    {
        var window = new SlidingWindow(s.Node);
        var ones = Ops.Full(s.Graph, s.Y.Type, 1, [1, 1, .. window.Kernel.Select(k => (Dim)k)]);
        var padded = window.Before.Concat(window.After).Any(p => p > 0);
        Tensor share;
        if (padded && s.Attributes.Int("count_include_pad") == 0)
        {
            var present = Ops.Full(s.Graph, s.Y.Type, 1, [1, 1, .. s[0].Shape.Skip(2)]);
            share = s.Full / Ops.Conv(present, ones, null, window.Stride, [.. window.Before, .. window.After]);
        }
        else
        {
            share = s.Full * (1f / window.Taps);
        }

        return Returned(s, window, Ops.Reshape(share, [-1, 1, .. s.Y.Shape.Skip(2)]), ones);
    }

    /// <summary>Each element of the gradient is added where the window's maximum was; of equals to the first.</summary>
    public static Tensor Maximum(GradientStep s)
    {
        var window = new SlidingWindow(s.Node);
        if (window.Before.Concat(window.After).Any(p => p > 0)) throw new GraphException("Gradients", "the gradient of a padded MaxPool is not there: pad before it.", [s[0]]);
        var lengths = s.Y.Shape.Skip(2).ToArray();
        var met = window.Places().Select(place => Ops.Unsqueeze(window.Met(s[0], place, lengths, firstAxis: 2), 2)).ToArray();
        var found = Ops.Cast(Ops.Equal(Ops.Concat(2, met), Ops.Unsqueeze(s.Y, 2)), s.Y.Type);
        var first = found * Ops.Cast(Ops.LessOrEqual(Ops.CumulativeSum(found, 2), found.Like(1)), found.Type);
        var shares = Ops.Reshape(first * Ops.Unsqueeze(s.Full, 2), [-1, window.Taps, .. lengths]);

        // A channel for each place of the window, put there by a kernel that is 1 at this place.
        var kernels = new float[window.Taps * window.Taps];
        for (var tap = 0; tap < window.Taps; tap++) kernels[(tap * window.Taps) + tap] = 1;
        return Returned(s, window, shares, s.Graph.Constant(TensorData.Of(kernels, [window.Taps, 1, .. window.Kernel.Select(k => (long)k)])));
    }

    static Tensor Returned(GradientStep s, SlidingWindow window, Tensor shares, Tensor kernels)
    {
        var missing = new int[window.Kernel.Length];
        for (var axis = 0; axis < missing.Length; axis++)
        {
            var reached = ((s.Y.Shape[axis + 2] - 1) * window.Stride[axis]) + window.Reach(axis) - window.Before[axis] - window.After[axis];
            missing[axis] = s[0].Shape[axis + 2] - reached is { IsKnown: true } rest ? (int)rest.Value
                : throw new GraphException("Gradients", "how the window divides the input must be known.", [s[0]]);
        }

        return Ops.Reshape(Ops.ConvTranspose(shares, kernels, null, window.Stride, [.. window.Before, .. window.After], missing), [.. s[0].Shape]);
    }
}
