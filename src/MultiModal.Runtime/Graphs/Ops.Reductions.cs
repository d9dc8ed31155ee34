namespace MultiModal.Runtime.Graphs;

public static partial class Ops
{
    /// <summary>The sum along axes (all of them where none is named).</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axes">The axes; empty for all.</param>
    /// <param name="keep">Whether they stay, with length 1.</param>
    public static Tensor Sum(Tensor x, ReadOnlySpan<int> axes = default, bool keep = false) => Reduce("ReduceSum", x, axes, keep);

    /// <summary>The mean along axes.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor Mean(Tensor x, ReadOnlySpan<int> axes = default, bool keep = false) => Reduce("ReduceMean", x, axes, keep);

    /// <summary>The largest element along axes.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor ReduceMax(Tensor x, ReadOnlySpan<int> axes = default, bool keep = false) => Reduce("ReduceMax", x, axes, keep);

    /// <summary>The smallest element along axes.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor ReduceMin(Tensor x, ReadOnlySpan<int> axes = default, bool keep = false) => Reduce("ReduceMin", x, axes, keep);

    /// <summary>The index of the largest element along an axis; the first of equals. The axis goes.</summary>
    public static Tensor ArgMax(Tensor x, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        var along = x.Axis(axis, "ArgMax");
        return x.Graph.Add(
            "ArgMax", [x], DType.Int64, Shape.Of([.. x.Shape.Where((_, i) => i != along)]), NodeAttributes.Of(("axis", along), ("keepdims", 0)));
    }

    /// <summary>The running sum along an axis.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="reverse">From the end.</param>
    public static Tensor CumulativeSum(Tensor x, int axis, bool reverse = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Graph.Add(
            "CumSum", [x, x.Graph.Constant(TensorData.Scalar((long)x.Axis(axis, "CumSum")))], x.Type, x.Shape, NodeAttributes.Of(("reverse", reverse ? 1 : null)));
    }

    static Tensor Reduce(string op, Tensor x, ReadOnlySpan<int> axes, bool keep)
    {
        ArgumentNullException.ThrowIfNull(x);
        var gone = axes.IsEmpty ? [.. Enumerable.Range(0, x.Rank)] : axes.ToArray().Select(a => x.Axis(a, op)).Order().ToArray();
        if (gone.Distinct().Count() != gone.Length) throw new GraphException(op, "an axis is named twice.", [x]);
        var dims = keep ? x.Shape.Select((d, i) => gone.Contains(i) ? 1 : d) : x.Shape.Where((_, i) => !gone.Contains(i));
        return x.Graph.Add(
            op, [x, x.Graph.Constant([.. gone.Select(a => (long)a)])], x.Type, Shape.Of([.. dims]), NodeAttributes.Of(("keepdims", keep ? 1 : 0)));
    }
}
