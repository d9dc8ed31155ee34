using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>The Kronecker product of two matrices (LoKr of LyCORIS): row i * n + p is the left's row i, each number times the right's row p of n.</summary>
sealed class KroneckerDelta(IReadOnlyList<long> shape, float[] left, int leftRows, int leftColumns, float[] right, float scale) : WeightDelta(shape)
{
    public override void AddTo(Span<float> weight, int firstRow, float strength)
    {
        var (inner, width) = (Rows / leftRows, Columns / leftColumns);
        for (var at = 0; at < weight.Length / Columns; at++)
        {
            var row = firstRow + at;
            var own = right.AsSpan(row % inner * width, width);
            for (var j = 0; j < leftColumns; j++)
            {
                var target = weight.Slice((at * Columns) + (j * width), width);
                TensorPrimitives.MultiplyAdd(own, strength * scale * left[(row / inner * leftColumns) + j], target, target);
            }
        }
    }
}
