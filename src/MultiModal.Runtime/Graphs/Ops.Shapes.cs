namespace MultiModal.Runtime.Graphs;

public static partial class Ops
{
    /// <summary>The lengths of some axes as a tensor: int64 [end - start].</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="start">The first axis.</param>
    /// <param name="end">The axis after the last; null for all.</param>
    public static Tensor ShapeOf(Tensor x, int start = 0, int? end = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var stop = end ?? x.Rank;
        if (start < 0 || stop > x.Rank || start > stop) throw new GraphException("Shape", $"there are no axes {start}..{stop}.", [x]);
        return x.Graph.Add("Shape", [x], DType.Int64, [stop - start], NodeAttributes.Of(("start", start == 0 ? null : start), ("end", stop == x.Rank ? null : stop)));
    }

    /// <summary>The same elements in another shape.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="shape">The new lengths; one of them may be -1, "what is left".</param>
    public static Tensor Reshape(Tensor x, params ReadOnlySpan<Dim> shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        var dims = shape.ToArray();
        if (dims.Count(d => d == -1) > 1 || dims.Any(d => d.IsKnown && d.Value < -1))
            throw new GraphException("Reshape", $"[{string.Join(", ", dims)}] is no shape: one length may be -1, the others are 0 or more.", [x]);
        var open = Array.FindIndex(dims, d => d == -1);
        var total = x.Shape.ElementCount;
        if (open >= 0)
        {
            dims[open] = 1;
            var others = dims.Aggregate((Dim)1, (a, b) => a * b);
            if (others == 0) throw new GraphException("Reshape", "what is left beside an axis of length 0 is not determined.", [x]);
            dims[open] = total / others;
        }

        var result = Shape.Of(dims);
        if (result.ElementCount != total)
            throw new GraphException("Reshape", $"{x.Shape} holds {total} elements, [{string.Join(", ", shape.ToArray())}] cannot hold them.", [x]);
        return result.Equals(x.Shape) ? x
            : x.Graph.Add("Reshape", [x, ShapeTensor(x, result)], x.Type, result, NodeAttributes.Of(("allowzero", result.IsKnown && total == 0 ? 1 : null)));
    }

    /// <summary>The axes in another order.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="order">For each axis of the result, the axis of x it comes from.</param>
    public static Tensor Transpose(Tensor x, params ReadOnlySpan<int> order)
    {
        ArgumentNullException.ThrowIfNull(x);
        var axes = order.ToArray();
        if (!axes.Order().SequenceEqual(Enumerable.Range(0, x.Rank))) throw new GraphException("Transpose", $"[{string.Join(", ", axes)}] is no order of {x.Rank} axes.", [x]);
        return x.Graph.Add("Transpose", [x], x.Type, Shape.Of([.. axes.Select(a => x.Shape[a])]), NodeAttributes.Of(("perm", axes)));
    }

    /// <summary>Two axes exchanged.</summary>
    public static Tensor SwapAxes(Tensor x, int first, int second)
    {
        ArgumentNullException.ThrowIfNull(x);
        var order = Enumerable.Range(0, x.Rank).ToArray();
        (order[x.Axis(first, "SwapAxes")], order[x.Axis(second, "SwapAxes")]) = (x.Axis(second, "SwapAxes"), x.Axis(first, "SwapAxes"));
        return Transpose(x, order);
    }

    /// <summary>New axes of length 1.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axes">Where they are in the result; negative numbers count from its last axis.</param>
    public static Tensor Unsqueeze(Tensor x, params ReadOnlySpan<int> axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        var rank = x.Rank + axes.Length;
        var added = axes.ToArray();
        foreach (ref var axis in added.AsSpan())
        {
            if (axis < -rank || axis >= rank) throw new GraphException("Unsqueeze", $"there is no axis {axis} in a result of {rank} axes.", [x]);
            if (axis < 0) axis += rank;
        }

        Array.Sort(added);
        if (added.Distinct().Count() != added.Length) throw new GraphException("Unsqueeze", "an axis is named twice.", [x]);
        var dims = x.Shape.ToList();
        foreach (var axis in added) dims.Insert(axis, 1);
        return x.Graph.Add("Unsqueeze", [x, x.Graph.Constant([.. added.Select(a => (long)a)])], x.Type, Shape.Of([.. dims]));
    }

    /// <summary>Axes of length 1 removed.</summary>
    public static Tensor Squeeze(Tensor x, params ReadOnlySpan<int> axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        var gone = axes.ToArray().Select(a => x.Axis(a, "Squeeze")).ToHashSet();
        if (gone.Any(a => x.Shape[a] != 1)) throw new GraphException("Squeeze", "only axes of length 1 can go.", [x]);
        return x.Graph.Add("Squeeze", [x, x.Graph.Constant([.. gone.Order().Select(a => (long)a)])], x.Type, Shape.Of([.. x.Shape.Where((_, i) => !gone.Contains(i))]));
    }

    /// <summary>Tensors one after the other along an axis.</summary>
    /// <param name="axis">The axis along which they follow each other.</param>
    /// <param name="parts">Tensors that agree in type and in all other axes.</param>
    public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> parts)
    {
        var all = parts.ToArray();
        if (all.Length == 0) throw new ArgumentException("There is nothing to concatenate.", nameof(parts));
        var first = all[0];
        var along = first.Axis(axis, "Concat");
        foreach (var part in all)
            if (part.Type != first.Type || part.Rank != first.Rank || !part.Shape.With(along, 1).Equals(first.Shape.With(along, 1)))
                throw new GraphException("Concat", $"the parts differ elsewhere than along axis {along}.", all);
        return all.Length == 1 ? first
            : first.Graph.Add("Concat", all, first.Type, first.Shape.With(along, all.Aggregate((Dim)0, (sum, p) => sum + p.Shape[along])), NodeAttributes.Of(("axis", along)));
    }

    /// <summary>A tensor cut along an axis into parts of given lengths.</summary>
    public static Tensor[] Split(Tensor x, int axis, params ReadOnlySpan<long> lengths)
    {
        ArgumentNullException.ThrowIfNull(x);
        var along = x.Axis(axis, "Split");
        var sizes = lengths.ToArray();
        if (x.Shape[along] != sizes.Sum()) throw new GraphException("Split", $"axis {along} is {x.Shape[along]} long, the parts are {sizes.Sum()}.", [x]);
        return [.. x.Graph.Add("Split", [x, x.Graph.Constant(sizes)], [.. sizes.Select(s => (x.Type, x.Shape.With(along, s)))], NodeAttributes.Of(("axis", along))).Outputs];
    }

    /// <summary>A tensor cut along an axis into equal parts.</summary>
    public static Tensor[] Chunk(Tensor x, int parts, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        var length = x.Shape[x.Axis(axis, "Chunk")];
        if (!length.IsKnown || length.Value % parts != 0) throw new GraphException("Chunk", $"an axis of length {length} does not fall into {parts} equal parts.", [x]);
        return Split(x, axis, Enumerable.Repeat(length.Value / parts, parts).ToArray());
    }

    /// <summary>Part of a tensor along one axis.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="start">The first index, 0 or more.</param>
    /// <param name="end">The index after the last; null for the axis's end.</param>
    /// <param name="step">Every how many-th; negative runs backwards over the whole axis.</param>
    public static Tensor Slice(Tensor x, int axis, Dim start, Dim? end = null, int step = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var along = x.Axis(axis, "Slice");
        var graph = x.Graph;
        var length = x.Shape[along];
        if (step < 0)
        {
            if (step != -1 || start != 0 || end is not null) throw new GraphException("Slice", "only a whole axis can be reversed.", [x]);
            return graph.Add("Slice", [x, graph.Constant(-1L), graph.Constant(long.MinValue + 1), graph.Constant(along), graph.Constant(-1L)], x.Type, x.Shape);
        }

        var stop = end ?? length;
        if (step == 0 || !Fits(0, start) || !Fits(start, stop) || !Fits(stop, length))
            throw new GraphException("Slice", $"there is no {start}..{stop} by {step} in axis {along} of length {length}.", [x]);
        if (start == 0 && stop == length && step == 1) return x;
        var kept = step == 1 ? stop - start : Dim.CeilingDivide(stop - start, step);
        return graph.Add(
            "Slice", [x, graph.SizeOf(start), end is null ? graph.Constant(long.MaxValue) : graph.SizeOf(stop), graph.Constant(along), graph.Constant(step)],
            x.Type, x.Shape.With(along, kept));
    }

    /// <summary>Whether a is at most b, as far as that is known.</summary>
    static bool Fits(Dim a, Dim b) => !(b - a is { IsKnown: true } gap) || gap.Value >= 0;

    /// <summary>x repeated along axes of length 1 (and new leading axes) until it has the shape.</summary>
    public static Tensor Expand(Tensor x, params ReadOnlySpan<Dim> shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        var result = Shape.Of(shape);
        if (result.Equals(x.Shape)) return x;
        if (!Broadcast("Expand", x.Shape, result, [x]).Equals(result)) throw new GraphException("Expand", $"{x.Shape} does not expand to {result}.", [x]);
        return x.Graph.Add("Expand", [x, ShapeTensor(null, result, x.Graph)], x.Type, result);
    }

    /// <summary>Elements added around a tensor.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="before">How many before each axis; negative numbers cut off.</param>
    /// <param name="after">How many after each axis.</param>
    /// <param name="mode">What is added.</param>
    public static Tensor Pad(Tensor x, ReadOnlySpan<int> before, ReadOnlySpan<int> after, PadMode mode = PadMode.Zero)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (before.Length != x.Rank || after.Length != x.Rank) throw new GraphException("Pad", "one number is needed for each side of each axis.", [x]);
        var dims = x.Shape.ToArray();
        for (var i = 0; i < dims.Length; i++)
        {
            dims[i] = dims[i] + before[i] + after[i];
            if (!Fits(0, dims[i])) throw new GraphException("Pad", $"nothing is left of axis {i}.", [x]);
            if (mode == PadMode.Reflect && !Fits(Math.Max(before[i], after[i]) + 1, x.Shape[i]))
                throw new GraphException("Pad", $"axis {i} is too short to be mirrored.", [x]);
        }

        long[] pads = [.. before.ToArray().Select(p => (long)p), .. after.ToArray().Select(p => (long)p)];
        var name = mode switch { PadMode.Zero => null, PadMode.Reflect => "reflect", PadMode.Edge => "edge", _ => throw new ArgumentOutOfRangeException(nameof(mode)) };
        return x.Graph.Add("Pad", [x, x.Graph.Constant(pads)], x.Type, Shape.Of(dims), NodeAttributes.Of(("mode", name)));
    }

    /// <summary>A picture or a signal in another resolution: [batch, channels, spatial...].</summary>
    /// <param name="x">[batch, channels, spatial...]</param>
    /// <param name="sizes">The new spatial lengths.</param>
    /// <param name="linear">Linear interpolation with half-pixel centres; otherwise the nearest element, floor(i * in / out), as PyTorch has it.</param>
    public static Tensor Resize(Tensor x, ReadOnlySpan<Dim> sizes, bool linear = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        var result = Shape.Of([x.Shape[0], x.Shape[1], .. sizes]);
        var factors = new float[x.Rank];
        var constant = true;
        for (var i = 0; i < factors.Length; i++)
        {
            var factor = result[i] / x.Shape[i];
            constant &= factor.IsKnown && factor * x.Shape[i] == result[i];
            factors[i] = factor.IsKnown ? factor.Value : 0;
        }

        var attributes = NodeAttributes.Of(
            ("mode", linear ? "linear" : "nearest"), ("coordinate_transformation_mode", linear ? "half_pixel" : "asymmetric"), ("nearest_mode", linear ? null : "floor"));
        Tensor?[] inputs = constant
            ? [x, null, x.Graph.Constant(TensorData.Of(factors, factors.Length))]
            : [x, null, null, ShapeTensor(null, result, x.Graph)];
        return x.Graph.Add("Resize", inputs, x.Type, result, attributes);
    }

    /// <summary>Channels into space: [batch, c * block^2, h, w] to [batch, c, h * block, w * block].</summary>
    /// <param name="x">[batch, c * block^2, h, w]</param>
    /// <param name="block">By how much height and width grow.</param>
    /// <param name="blockFirst">Where a channel of x is found: at c * block^2 + row * block + column as in pixel shuffle (Shi et al. 2016), or,
    /// when true, at (row * block + column) * channels + c.</param>
    public static Tensor PixelShuffle(Tensor x, int block, bool blockFirst = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(block, 1);
        if (x.Rank != 4 || x.Shape[1] / (block * block) * (block * block) != x.Shape[1])
            throw new GraphException("DepthToSpace", $"the input must be [batch, a multiple of {block * block}, h, w].", [x]);
        return x.Graph.Add(
            "DepthToSpace", [x], x.Type, [x.Shape[0], x.Shape[1] / (block * block), x.Shape[2] * block, x.Shape[3] * block],
            NodeAttributes.Of(("blocksize", block), ("mode", blockFirst ? "DCR" : "CRD")));
    }

    /// <summary>The integers start, start + 1, ... as int64.</summary>
    public static Tensor Range(Graph graph, Dim count, long start = 0)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (!Fits(0, count)) throw new GraphException("Range", $"there is no range of {count} elements.", []);
        if (count.IsKnown) return graph.Constant([.. Enumerable.Range(0, (int)count.Value).Select(i => start + i)]);
        var end = Reshape(graph.SizeOf(count + start), []);
        return graph.Add("Range", [graph.Constant(TensorData.Scalar(start)), end, graph.Constant(TensorData.Scalar(1L))], DType.Int64, [count]);
    }

    /// <summary>One value everywhere.</summary>
    public static Tensor Full(Graph graph, DType type, float value, params ReadOnlySpan<Dim> shape)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Expand(graph.Scalar(type, value), shape);
    }

    /// <summary>What lies on and below (or on and above) a diagonal of the last two axes; zero elsewhere.</summary>
    public static Tensor Triangle(Tensor x, bool upper, int diagonal = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Graph.Add("Trilu", [x, x.Graph.Constant(TensorData.Scalar((long)diagonal))], x.Type, x.Shape, NodeAttributes.Of(("upper", upper ? 1 : 0)));
    }

    /// <summary>A shape as the second input of Reshape or Expand: constant where it can be, read off at run time where it must.</summary>
    static Tensor ShapeTensor(Tensor? x, Shape shape, Graph? graph = null)
    {
        graph ??= x!.Graph;
        if (shape.IsKnown) return graph.Constant(shape.ToLongs());
        if (x is not null)
        {
            // Reshape reads 0 as "as in the input at this axis" and one -1 as "what is left".
            var symbolic = new long[shape.Rank];
            var open = 0;
            for (var i = 0; i < shape.Rank; i++)
            {
                symbolic[i] = shape[i].IsKnown ? shape[i].Value : i < x.Rank && shape[i] == x.Shape[i] ? 0 : -1;
                if (symbolic[i] == -1) open++;
            }

            if (open <= 1) return graph.Constant(symbolic);
        }

        return Concat(0, [.. shape.Select(graph.SizeOf)]);
    }
}
