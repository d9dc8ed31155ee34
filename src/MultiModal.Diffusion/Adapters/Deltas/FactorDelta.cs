using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>W times a factor for each output or each input: IA3 (Liu et al. 2022), with the factor's distance from 1 stored.</summary>
sealed class FactorDelta(IReadOnlyList<long> shape, float[] factors, bool onInput) : WeightDelta(shape)
{
    public override void AddTo(Span<float> weight, int firstRow, float strength)
    {
        var width = onInput ? Columns / Inputs : Columns;
        for (var at = 0; at < weight.Length; at += width)
        {
            var factor = factors[onInput ? at / width % Inputs : firstRow + (at / width)];
            var part = weight.Slice(at, width);
            TensorPrimitives.Multiply(part, 1 + (strength * factor), part);
        }
    }
}
