using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Picking elements: the gradient of what was picked is added where it was picked from.</summary>
static class IndexingRules
{
    /// <summary>Rows of the flattened indices, added to zeros one after the other: equal indices add up in a fixed order.</summary>
    public static Tensor Gather(GradientStep s)
    {
        var (x, indices, axis) = (s[0], s[1], (int)s.Attributes.Int("axis"));
        var shape = x.Shape.ToArray();
        var before = shape[..axis].Aggregate((Dim)1, (a, b) => a * b);
        var after = shape[(axis + 1)..].Aggregate((Dim)1, (a, b) => a * b);
        var updates = Ops.Reshape(s.Full, before, indices.Shape.ElementCount, after);
        var places = Ops.Expand(Ops.Reshape(indices, 1, indices.Shape.ElementCount, 1), [.. updates.Shape]);
        var zeros = Ops.Full(s.Graph, x.Type, 0, before, shape[axis], after);
        return Ops.Reshape(Ops.ScatterElements(zeros, places, updates, 1, add: true), shape);
    }

    public static Tensor Scattered(Tensor x, Tensor indices, Tensor updates, int axis) =>
        Ops.ScatterElements(Ops.Full(x.Graph, x.Type, 0, [.. x.Shape]), indices, updates, axis, add: true);

    /// <summary>What was replaced does not count.</summary>
    public static Tensor ScatterBase(GradientStep s)
    {
        if (Adds(s)) return s.Full;
        return Ops.ScatterElements(s.Full, s[1], Ops.Full(s.Graph, s.Y.Type, 0, [.. s[2].Shape]), (int)s.Attributes.Int("axis"));
    }

    public static Tensor ScatterNdBase(GradientStep s) =>
        Adds(s) ? s.Full : Ops.ScatterNd(s.Full, s[1], Ops.Full(s.Graph, s.Y.Type, 0, [.. s[2].Shape]));

    public static Tensor ScatterNdUpdates(GradientStep s) => s.Graph.Add("GatherND", [s.Full, s[1]], s.Y.Type, s[2].Shape);

    static bool Adds(GradientStep s) => s.Attributes.Get<string>("reduction") == "add";
}
