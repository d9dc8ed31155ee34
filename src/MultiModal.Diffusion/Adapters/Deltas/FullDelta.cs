using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>The difference of every element.</summary>
sealed class FullDelta(IReadOnlyList<long> shape, float[] difference, float scale) : WeightDelta(shape)
{
    public override void AddTo(Span<float> weight, int firstRow, float strength) =>
        TensorPrimitives.MultiplyAdd(difference.AsSpan(firstRow * Columns, weight.Length), strength * scale, weight, weight);
}
