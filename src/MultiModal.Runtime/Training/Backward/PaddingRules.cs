using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Padding: what was added goes back to where it was copied from.</summary>
static class PaddingRules
{
    public static Tensor Pad(GradientStep s)
    {
        var pads = s.Integers(1)!;
        var rank = s[0].Rank;
        var mode = s.Attributes.Get<string>("mode");
        var gradient = s.Full;
        for (var axis = 0; axis < rank; axis++)
        {
            var (before, after) = ((int)pads[axis], (int)pads[axis + rank]);
            if (before == 0 && after == 0) continue;
            var length = s[0].Shape[axis];
            var copied = gradient;
            var first = Math.Max(before, 0);
            gradient = Ops.Slice(gradient, axis, first, gradient.Shape[axis] - Math.Max(after, 0));
            gradient = ShapeRules.Padded(gradient, axis, Math.Max(-before, 0), Math.Max(-after, 0));
            if (mode is null) continue;

            var ends = length + first;
            if (before > 0) gradient += Returned(Ops.Slice(copied, axis, 0, before), mode, axis, length, atStart: true);
            if (after > 0) gradient += Returned(Ops.Slice(copied, axis, ends, ends + after), mode, axis, length, atStart: false);
        }

        return gradient;
    }

    /// <summary>The gradient of the elements beyond one end, at the places inside from which they were copied.</summary>
    static Tensor Returned(Tensor outside, string mode, int axis, Dim length, bool atStart)
    {
        // Mirrored elements begin beside the border, which is not repeated itself; at an edge all are the border.
        var reflected = mode == "reflect";
        var inside = reflected ? Ops.Slice(outside, axis, 0, step: -1) : Ops.Sum(outside, [axis], keep: true);
        var near = reflected ? 1 : 0;
        var far = length - near - inside.Shape[axis];
        if (far.IsKnown) return atStart ? ShapeRules.Padded(inside, axis, near, (int)far.Value) : ShapeRules.Padded(inside, axis, (int)far.Value, near);
        var zeros = Ops.Full(inside.Graph, inside.Type, 0, [.. inside.Shape.With(axis, far)]);
        var border = Ops.Full(inside.Graph, inside.Type, 0, [.. inside.Shape.With(axis, near)]);
        Tensor[] parts = atStart ? [border, inside, zeros] : [zeros, inside, border];
        return Ops.Concat(axis, [.. parts.Where(p => p.Shape[axis] != 0)]);
    }
}
