using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>Matrix products: for C = A B, the gradients are G B^T and A^T G.</summary>
static class ProductRules
{
    public static Tensor Left(GradientStep s)
    {
        var (a, b, g) = (s[0], s[1], s.Full);
        return Reduced(Ops.MatMul(g, Ops.SwapAxes(b, -1, -2)), a.Shape);
    }

    public static Tensor Right(GradientStep s)
    {
        var (a, b, g) = (s[0], s[1], s.Full);

        // One matrix for all leading axes of A: one large product over all rows instead of a sum of small ones.
        if (b.Rank == 2 && a.Rank > 2) return Ops.MatMul(Ops.Transpose(Ops.Reshape(a, -1, a.Shape[-1]), 1, 0), Ops.Reshape(g, -1, g.Shape[-1]));
        return Reduced(Ops.MatMul(Ops.SwapAxes(a, -1, -2), g), b.Shape);
    }

    public static Tensor GemmLeft(GradientStep s)
    {
        var (g, b) = (s.Full * Alpha(s), Flag(s, "transB") ? s[1] : Ops.Transpose(s[1], 1, 0));
        return Flag(s, "transA") ? Ops.MatMul(Ops.Transpose(b, 1, 0), Ops.Transpose(g, 1, 0)) : Ops.MatMul(g, b);
    }

    public static Tensor GemmRight(GradientStep s)
    {
        var (g, a) = (s.Full * Alpha(s), Flag(s, "transA") ? s[0] : Ops.Transpose(s[0], 1, 0));
        return Flag(s, "transB") ? Ops.MatMul(Ops.Transpose(g, 1, 0), Ops.Transpose(a, 1, 0)) : Ops.MatMul(a, g);
    }

    public static Tensor GemmAdded(GradientStep s) => GradientRule.Unbroadcast(s.G * s.Attributes.Float("beta", 1), s.Y.Shape, s[2].Shape);

    static Tensor Reduced(Tensor gradient, Shape to) => GradientRule.Unbroadcast(gradient, gradient.Shape, to);

    static float Alpha(GradientStep s) => s.Attributes.Float("alpha", 1);

    static bool Flag(GradientStep s, string name) => s.Attributes.Int(name) == 1;
}
