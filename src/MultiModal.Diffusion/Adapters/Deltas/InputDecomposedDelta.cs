using System.Buffers;
using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>DoRA with a magnitude for each input, as LyCORIS first had it: the norm is over all outputs.</summary>
sealed class InputDecomposedDelta(WeightDelta inner, float[] magnitudes) : WeightDelta([inner.Rows, inner.Inputs, inner.Columns / inner.Inputs])
{
    public override bool IsByRows => false;

    public override void AddTo(Span<float> weight, int firstRow, float strength)
    {
        var changed = ArrayPool<float>.Shared.Rent(weight.Length);
        try
        {
            var all = changed.AsSpan(0, weight.Length);
            weight.CopyTo(all);
            inner.AddTo(all, firstRow, 1);
            var width = Columns / Inputs;
            var squares = new double[Inputs];
            for (var at = 0; at < all.Length; at += width) squares[at / width % Inputs] += TensorPrimitives.SumOfSquares(all.Slice(at, width));
            for (var at = 0; at < all.Length; at += width)
            {
                var input = at / width % Inputs;
                if (squares[input] == 0) continue;
                var target = weight.Slice(at, width);
                TensorPrimitives.Multiply(target, 1 - strength, target);
                TensorPrimitives.MultiplyAdd(all.Slice(at, width), (float)(strength * magnitudes[input] / Math.Sqrt(squares[input])), target, target);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(changed);
        }
    }
}
