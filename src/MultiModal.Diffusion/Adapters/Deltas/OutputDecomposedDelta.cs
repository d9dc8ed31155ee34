using System.Buffers;
using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>
/// DoRA (Liu et al. 2024, equation 5) with a magnitude for each output: the changed weight's rows brought to given lengths. A part of it is a
/// part of the way there, as A1111 has it.
/// </summary>
sealed class OutputDecomposedDelta(WeightDelta inner, float[] magnitudes) : WeightDelta([inner.Rows, inner.Columns])
{
    public override bool IsByRows => inner.IsByRows;

    public override void AddTo(Span<float> weight, int firstRow, float strength)
    {
        var changed = ArrayPool<float>.Shared.Rent(weight.Length);
        try
        {
            weight.CopyTo(changed);
            inner.AddTo(changed.AsSpan(0, weight.Length), firstRow, 1);
            for (var at = 0; at < weight.Length; at += Columns)
            {
                var row = changed.AsSpan(at, Columns);
                var target = weight.Slice(at, Columns);
                var length = TensorPrimitives.Norm(row);
                if (length == 0) continue;
                TensorPrimitives.Multiply(target, 1 - strength, target);
                TensorPrimitives.MultiplyAdd(row, strength * magnitudes[firstRow + (at / Columns)] / length, target, target);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(changed);
        }
    }
}
