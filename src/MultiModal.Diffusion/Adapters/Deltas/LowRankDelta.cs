namespace MultiModal.Diffusion.Adapters.Deltas;

/// <summary>up * down: LoRA (Hu et al. 2021, equation 3), for convolutions over [in, height, width] as one axis (LoCon).</summary>
sealed class LowRankDelta(IReadOnlyList<long> shape, LowRankFactors factors, float scale) : WeightDelta(shape)
{
    public override void AddTo(Span<float> weight, int firstRow, float strength) => factors.AddTo(weight, firstRow, strength * scale);
}
