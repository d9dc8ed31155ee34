using System.Buffers;
using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>b2 * b1 + W * (a2 * a1): GLoRA (Chavan et al. 2023) as LyCORIS stores it.</summary>
/// <param name="shape">The weight's.</param>
/// <param name="onWeight">a2 and a1: [columns, rank] and [rank, columns].</param>
/// <param name="added">b2 and b1.</param>
/// <param name="scale">Alpha by rank.</param>
sealed class GeneralisedDelta(IReadOnlyList<long> shape, LowRankFactors onWeight, LowRankFactors added, float scale) : WeightDelta(shape)
{
    readonly float[] square = onWeight.Multiply();

    public override void AddTo(Span<float> weight, int firstRow, float strength)
    {
        var original = ArrayPool<float>.Shared.Rent(weight.Length);
        try
        {
            weight.CopyTo(original);
            MatrixProduct.Add(original, square, weight, weight.Length / Columns, Columns, Columns, strength * scale);
            added.AddTo(weight, firstRow, strength * scale);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(original);
        }
    }
}
