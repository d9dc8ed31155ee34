using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Resizing is linear: its gradient is the product with the transposed interpolation matrix along each axis.</summary>
static class ResizeRules
{
    public static Tensor Resize(GradientStep s)
    {
        var (x, gradient) = (s[0], s.Full);
        var linear = s.Attributes.Get<string>("mode") == "linear";
        if (!linear && Repeats(s) is { } repeats)
        {
            // Every element was repeated a whole number of times: sum over its copies.
            return Ops.AveragePool(gradient, repeats, repeats) * repeats.Aggregate(1, (a, b) => a * b);
        }

        for (var axis = 2; axis < x.Rank; axis++)
        {
            if (x.Shape[axis] == s.Y.Shape[axis]) continue;
            if (!x.Shape[axis].IsKnown || !s.Y.Shape[axis].IsKnown)
                throw new GraphException("Gradients", "resizing by something else than a whole factor needs known lengths.", [x]);
            var matrix = x.Graph.Constant(Matrix((int)x.Shape[axis].Value, (int)s.Y.Shape[axis].Value, linear));
            gradient = axis == x.Rank - 1
                ? Ops.MatMul(gradient, matrix)
                : Ops.SwapAxes(Ops.MatMul(Ops.SwapAxes(gradient, axis, -1), matrix), axis, -1);
        }

        return gradient;
    }

    static int[]? Repeats(GradientStep s)
    {
        if (s.Node.Inputs.Count != 3 || s.Node.Inputs[2]?.Node.Value is not { Type: DType.Float32 } scales) return null;
        return scales.Floats[2..].ToArray() is var factors && factors.All(f => f >= 1 && f == MathF.Floor(f)) ? [.. factors.Select(f => (int)f)] : null;
    }

    /// <summary>[out, in]: how much of each element of the input is in each of the output.</summary>
    static TensorData Matrix(int from, int to, bool linear)
    {
        var weights = new float[to * from];
        for (var i = 0; i < to; i++)
        {
            if (!linear)
            {
                weights[(i * from) + Math.Min((int)((long)i * from / to), from - 1)] = 1;
                continue;
            }

            var place = Math.Clamp(((i + 0.5f) * from / to) - 0.5f, 0, from - 1);
            var first = (int)place;
            var second = Math.Min(first + 1, from - 1);
            weights[(i * from) + first] += 1 - (place - first);
            weights[(i * from) + second] += place - first;
        }

        return TensorData.Of(weights, to, from);
    }
}
