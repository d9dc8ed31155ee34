using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Operators that move elements about: their gradients move them back.</summary>
static class ShapeRules
{
    public static Tensor Transpose(GradientStep s)
    {
        var order = s.Attributes.Get<long[]>("perm")!;
        var back = new int[order.Length];
        for (var i = 0; i < order.Length; i++) back[order[i]] = i;
        return Ops.Transpose(s.Full, back);
    }

    public static Tensor Concat(GradientStep s, int index)
    {
        var axis = (int)s.Attributes.Int("axis");
        Dim start = 0;
        for (var i = 0; i < index; i++) start += s[i].Shape[axis];
        return Ops.Slice(s.Full, axis, start, start + s[index].Shape[axis]);
    }

    public static Tensor Split(GradientStep s) =>
        Ops.Concat((int)s.Attributes.Int("axis"), [.. s.Node.Outputs.Select((_, i) => s.Gradient(i))]);

    public static Tensor Slice(GradientStep s)
    {
        var axis = (int)s.Integers(3)![0];
        var step = (int)s.Integers(4)![0];
        if (step < 0) return Ops.Slice(s.Full, axis, 0, step: -1);
        var (length, kept) = (s[0].Shape[axis], s.Y.Shape[axis]);

        // Zeros between the elements; those after the last one count as what follows.
        var spread = s.Full;
        if (step > 1)
        {
            spread = Padded(Ops.Unsqueeze(spread, axis + 1), axis + 1, 0, step - 1);
            spread = Ops.Reshape(spread, [.. s.Y.Shape.With(axis, kept * step)]);
        }

        if (s.Integers(1) is [var start] && length - start - (kept * step) is { IsKnown: true } rest) return Padded(spread, axis, (int)start, (int)rest.Value);

        // A start that only the run knows: what is left is known there too.
        var before = s[1];
        var after = s.Graph.SizeOf(length) - before - s.Graph.SizeOf(kept * step);
        var zeros = s.Graph.Constant(new long[axis]);
        var others = s.Graph.Constant(new long[spread.Rank - 1]);
        var tail = s.Graph.Constant(new long[spread.Rank - axis - 1]);
        return s.Graph.Add("Pad", [spread, Ops.Concat(0, zeros, before, others, after, tail)], spread.Type, s[0].Shape);
    }

    /// <summary>The inverse of pixel shuffle.</summary>
    public static Tensor DepthToSpace(GradientStep s)
    {
        var (x, block) = (s[0], s.Attributes.Int("blocksize"));
        var channels = s.Y.Shape[1];
        var apart = Ops.Reshape(s.Full, x.Shape[0], channels, x.Shape[2], block, x.Shape[3], block);
        var moved = s.Attributes.Get<string>("mode") == "CRD" ? Ops.Transpose(apart, 0, 1, 3, 5, 2, 4) : Ops.Transpose(apart, 0, 3, 5, 1, 2, 4);
        return Ops.Reshape(moved, [.. x.Shape]);
    }

    /// <summary>Zeros before and after one axis; negative numbers cut off.</summary>
    public static Tensor Padded(Tensor x, int axis, int before, int after)
    {
        if (before == 0 && after == 0) return x;
        var (first, last) = (new int[x.Rank], new int[x.Rank]);
        (first[axis], last[axis]) = (before, after);
        return Ops.Pad(x, first, last);
    }
}
