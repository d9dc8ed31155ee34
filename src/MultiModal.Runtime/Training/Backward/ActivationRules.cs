using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Activations whose gradients take more than a line.</summary>
static class ActivationRules
{
    /// <summary>The slope is 1 or alpha, by the sign of the result (of the input, for an alpha that is not between 0 and 1).</summary>
    public static Tensor LeakyRelu(GradientStep s)
    {
        var alpha = s.Attributes.Float("alpha", 0.01f);
        return alpha is > 0 and < 1
            ? s.G * Ops.Max(Ops.Sign(s.Y), s.Y.Like(alpha))
            : Ops.Where(Ops.Greater(s[0], s[0].Like(0)), s.G, s.G * alpha);
    }

    /// <summary>1 where x is positive, alpha e^x = y + alpha elsewhere.</summary>
    public static Tensor Elu(GradientStep s) => Ops.Where(Ops.Greater(s[0], s[0].Like(0)), s.G, s.G * (s.Y + s.Attributes.Float("alpha", 1f)));

    /// <summary>y (g - sum(g y)).</summary>
    public static Tensor Softmax(GradientStep s) => s.Y * (s.Full - Ops.Sum(s.Full * s.Y, [Axis(s)], keep: true));

    /// <summary>g - e^y sum(g).</summary>
    public static Tensor LogSoftmax(GradientStep s) => s.Full - Ops.Exp(s.Y) * Ops.Sum(s.Full, [Axis(s)], keep: true);

    static int Axis(GradientStep s) => (int)s.Attributes.Int("axis", -1);
}
