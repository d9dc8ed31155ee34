namespace MultiModal.Runtime.Graphs;

/// <summary>A sliding window over the spatial axes of [batch, channels, spatial...]: its arguments made explicit, and the lengths that come out.</summary>
sealed class Window
{
    readonly string op;
    readonly int[] kernel;
    readonly int[] stride;
    readonly int[] padding;
    readonly int[] dilation;

    public Window(string op, Tensor x, Tensor weight, ReadOnlySpan<int> stride, ReadOnlySpan<int> padding, ReadOnlySpan<int> dilation)
        : this(op, x, Kernel(op, x, weight), stride, padding, dilation)
    {
    }

    public Window(string op, Tensor x, int[] kernel, ReadOnlySpan<int> stride, ReadOnlySpan<int> padding, ReadOnlySpan<int> dilation)
    {
        var axes = x.Rank - 2;
        this.op = op;
        this.kernel = kernel;
        this.stride = Each(stride, axes, 1, op, [x]);
        this.dilation = Each(dilation, axes, 1, op, [x]);
        if (kernel.Concat(this.stride).Concat(this.dilation).Any(v => v < 1))
            throw new GraphException(op, "kernel, stride and dilation must be 1 or more.", [x]);
        this.padding = padding.Length == 2 * axes && axes > 0 ? padding.ToArray() : [.. Each(padding, axes, 0, op, [x]), .. Each(padding, axes, 0, op, [x])];
    }

    /// <summary>One value for each axis, from none (the default), one (for all) or one each.</summary>
    public static int[] Each(ReadOnlySpan<int> given, int axes, int fallback, string op, IReadOnlyList<Tensor> inputs)
    {
        if (given.Length == axes) return given.ToArray();
        if (given.Length > 1) throw new GraphException(op, $"{given.Length} values were given for {axes} spatial axes.", inputs);
        var values = new int[axes];
        Array.Fill(values, given.Length == 1 ? given[0] : fallback);
        return values;
    }

    /// <summary>The spatial lengths after convolution or pooling.</summary>
    public Dim[] Shrunk(Tensor x) => Lengths(x, (length, i) =>
    {
        var room = length + padding[i] + padding[i + kernel.Length] - Reach(i);
        return room.IsKnown && room.Value < 0 ? 0 : (room / stride[i]) + 1;
    });

    /// <summary>The spatial lengths after transposed convolution.</summary>
    public Dim[] Grown(Tensor x, int[] outputPadding) =>
        Lengths(x, (length, i) => ((length - 1) * stride[i]) + Reach(i) + outputPadding[i] - padding[i] - padding[i + kernel.Length]);

    public NodeAttributes Attributes(int? groups, params (string Name, object? Value)[] more) => NodeAttributes.Of(
    [
        ("kernel_shape", kernel), ("strides", Unless(stride, 1)), ("pads", Unless(padding, 0)), ("dilations", Unless(dilation, 1)),
        ("group", groups is null or 1 ? null : groups.Value), .. more,
    ]);

    static int[] Kernel(string op, Tensor x, Tensor weight)
    {
        if (x.Rank < 3 || x.Rank != weight.Rank) throw new GraphException(op, "input and weight need [batch, channels, spatial...] of the same rank.", [x, weight]);
        return [.. weight.Shape.Skip(2).Select(d => (int)d.Value)];
    }

    static int[]? Unless(int[] values, int usual) => values.All(v => v == usual) ? null : values;

    int Reach(int axis) => ((kernel[axis] - 1) * dilation[axis]) + 1;

    Dim[] Lengths(Tensor x, Func<Dim, int, Dim> rule)
    {
        var lengths = new Dim[kernel.Length];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = rule(x.Shape[i + 2], i);
            if (lengths[i].IsKnown && lengths[i].Value < 1) throw new GraphException(op, $"nothing is left of axis {i + 2}.", [x]);
        }

        return lengths;
    }
}
