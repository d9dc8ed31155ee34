namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>x * sigmoid(a x) becomes com.microsoft QuickGelu (SiLU where a is 1), and the three operations of GELU become Gelu.</summary>
public sealed class ActivationFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "activations";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (!node.Is("Mul")) return null;
        if (Swish(node) is var (swished, alpha)) return [Ops.Unary("QuickGelu", rewriter[swished], NodeAttributes.Of(("alpha", alpha)), Node.Microsoft)];
        return Gelu(node) is { } x ? [Ops.Unary("Gelu", rewriter[x])] : null;
    });

    static (Tensor X, float Alpha)? Swish(Node product)
    {
        if (product.Either(t => t.By("Sigmoid") is not null) is not var (x, sigmoid)) return null;
        var inner = sigmoid.Node.Inputs[0]!;
        if (ReferenceEquals(inner, x)) return (x, 1f);
        return inner.By("Mul")?.WithNumber() is var (operand, alpha) && ReferenceEquals(operand, x) ? (x, alpha) : null;
    }

    /// <summary>x * (erf(x / sqrt 2) + 1) * 0.5</summary>
    static Tensor? Gelu(Node product)
    {
        if (product.WithNumber() is not var (doubled, half) || half != 0.5f || doubled.By("Mul") is not { } gate) return null;
        if (gate.Either(t => t.By("Add") is not null) is not var (x, sum) || sum.Node.WithNumber() is not var (erf, one) || one != 1f) return null;
        return erf.By("Erf")?.Inputs[0].By("Mul")?.WithNumber() is var (inner, scale) && ReferenceEquals(inner, x) && MathF.Abs(scale - 0.70710678f) < 1e-7f ? x : null;
    }
}
