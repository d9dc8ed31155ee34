using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Powers.</summary>
static class PowerRules
{
    /// <summary>b a^(b - 1). A square needs no second power.</summary>
    public static Tensor Base(GradientStep s) => s[1].Number() == 2f
        ? s.G * (s[0] * 2f)
        : s.G * s[1] * Ops.Pow(s[0], s[1].Number() is { } exponent ? s[1].Like(exponent - 1) : s[1] - 1f);
}
