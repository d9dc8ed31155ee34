using System.Buffers;
using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>(a1 * b1) times (a2 * b2), element by element: LoHa (Hyeon-Woo et al. 2021, proposition 2).</summary>
sealed class HadamardDelta(IReadOnlyList<long> shape, LowRankFactors left, LowRankFactors right, float scale) : WeightDelta(shape)
{
    public override void AddTo(Span<float> weight, int firstRow, float strength)
    {
        var (first, second) = (ArrayPool<float>.Shared.Rent(weight.Length), ArrayPool<float>.Shared.Rent(weight.Length));
        try
        {
            var a = first.AsSpan(0, weight.Length);
            var b = second.AsSpan(0, weight.Length);
            a.Clear();
            b.Clear();
            left.AddTo(a, firstRow, strength * scale);
            right.AddTo(b, firstRow, 1);
            TensorPrimitives.MultiplyAdd(a, b, weight, weight);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(first);
            ArrayPool<float>.Shared.Return(second);
        }
    }
}
