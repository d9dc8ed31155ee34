using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Batch normalisation with given statistics: (x - mean) / sqrt(variance + epsilon) * scale + bias, for each channel.</summary>
static class BatchNormRules
{
    public static Tensor Input(GradientStep s) => s.Full * PerChannel(s, s[1] * Factor(s));

    public static Tensor Scale(GradientStep s) => Summed(s.Full * Centred(s)) * Factor(s);

    public static Tensor Bias(GradientStep s) => Summed(s.Full);

    public static Tensor Mean(GradientStep s) => -(Summed(s.Full) * s[1] * Factor(s));

    public static Tensor Variance(GradientStep s) => Summed(s.Full * Centred(s)) * s[1] * Factor(s) * Factor(s) * Factor(s) * -0.5f;

    static Tensor Factor(GradientStep s) => 1f / Ops.Sqrt(s[4] + s.Attributes.Float("epsilon", 1e-5f));

    static Tensor Centred(GradientStep s) => s[0] - PerChannel(s, s[3]);

    static Tensor PerChannel(GradientStep s, Tensor vector) => Ops.PerChannel(vector, s[0])!;

    static Tensor Summed(Tensor x) => Ops.Sum(x, [.. Enumerable.Range(0, x.Rank).Where(axis => axis != 1)]);
}
