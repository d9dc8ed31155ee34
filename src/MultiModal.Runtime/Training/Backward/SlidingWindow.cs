using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>The window of a convolution or a pooling as its node has it, with every value written out.</summary>
sealed class SlidingWindow
{
    public SlidingWindow(Node node)
    {
        Kernel = Ints(node, "kernel_shape", [])!;
        var axes = Kernel.Length;
        Stride = Ints(node, "strides", [.. Enumerable.Repeat(1, axes)]);
        Dilation = Ints(node, "dilations", [.. Enumerable.Repeat(1, axes)]);
        var pads = Ints(node, "pads", new int[2 * axes]);
        (Before, After) = (pads[..axes], pads[axes..]);
        Groups = (int)node.Attributes.Int("group", 1);
    }

    public int[] Kernel { get; }

    public int[] Stride { get; }

    public int[] Dilation { get; }

    /// <summary>Zeros before each axis.</summary>
    public int[] Before { get; }

    /// <summary>Zeros after each axis.</summary>
    public int[] After { get; }

    public int Groups { get; }

    /// <summary>How many elements a window has.</summary>
    public int Taps => Kernel.Aggregate(1, (a, b) => a * b);

    public bool IsDense => Stride.All(s => s == 1);

    /// <summary>How many elements of an axis a window spans.</summary>
    public int Reach(int axis) => ((Kernel[axis] - 1) * Dilation[axis]) + 1;

    /// <summary>The places of a window's elements, in the order of a flattened kernel.</summary>
    public IEnumerable<int[]> Places()
    {
        for (var tap = 0; tap < Taps; tap++)
        {
            var place = new int[Kernel.Length];
            for (int axis = Kernel.Length - 1, rest = tap; axis >= 0; rest /= Kernel[axis], axis--) place[axis] = rest % Kernel[axis];
            yield return place;
        }
    }

    /// <summary>[batch, spatial..., channels] with the window's zeros around it.</summary>
    public Tensor PaddedLast(Tensor x) =>
        Before.All(p => p == 0) && After.All(p => p == 0) ? x : Ops.Pad(x, [0, .. Before, 0], [0, .. After, 0]);

    /// <summary>Of a padded tensor, the elements that one place of the window meets: as long as the result along each spatial axis.</summary>
    /// <param name="padded">The padded tensor.</param>
    /// <param name="place">The place in the window.</param>
    /// <param name="lengths">The spatial lengths of the result.</param>
    /// <param name="firstAxis">The first spatial axis: 2, or 1 where the channels come last.</param>
    public Tensor Met(Tensor padded, int[] place, ReadOnlySpan<Dim> lengths, int firstAxis)
    {
        for (var axis = 0; axis < place.Length; axis++)
        {
            var start = place[axis] * Dilation[axis];
            padded = Ops.Slice(padded, firstAxis + axis, start, (lengths[axis] - 1) * Stride[axis] + start + 1, Stride[axis]);
        }

        return padded;
    }

    static int[] Ints(Node node, string name, int[] fallback) => node.Attributes.Get<long[]>(name) is { } given ? [.. given.Select(v => (int)v)] : fallback;
}
