using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Sums, means and extremes along axes.</summary>
static class ReductionRules
{
    /// <summary>A tensor of the result's shape as one that broadcasts over the input.</summary>
    public static Tensor Spread(GradientStep s, Tensor value)
    {
        if (s.Attributes.Int("keepdims", 1) == 1) return value;
        var dims = s[0].Shape.ToArray();
        foreach (var axis in Axes(s)) dims[axis] = 1;
        return Ops.Reshape(Ops.Expand(value, [.. s.Y.Shape]), dims);
    }

    public static Tensor Mean(GradientStep s)
    {
        var count = Axes(s).Aggregate((Dim)1, (product, axis) => product * s[0].Shape[axis]);
        var spread = Spread(s, s.G);
        if (count.IsKnown) return spread * (1f / count.Value);
        return spread / Ops.Reshape(Ops.Cast(s.Graph.SizeOf(count), spread.Type), []);
    }

    /// <summary>Where the extreme was found; equals share.</summary>
    public static Tensor Extreme(GradientStep s)
    {
        var found = Ops.Cast(Ops.Equal(s[0], Spread(s, s.Y)), s[0].Type);
        return found * (Spread(s, s.G) / Ops.Sum(found, Axes(s), keep: true));
    }

    static int[] Axes(GradientStep s) => [.. s.Integers(1)!.Select(axis => (int)(axis < 0 ? axis + s[0].Rank : axis))];
}
