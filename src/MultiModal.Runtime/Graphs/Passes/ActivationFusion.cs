namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>x * sigmoid(a x) becomes com.microsoft QuickGelu (SiLU where a is 1), and the operations of GELU, exact or by tanh, become Gelu.</summary>
public sealed class ActivationFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "activations";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (!node.Is("Mul") || node.Outputs[0].Type != DType.Float32) return null;
        if (Swish(node, rewriter) is var (swished, alpha))
            return [Ops.Unary("QuickGelu", rewriter[swished], NodeAttributes.Of(("alpha", alpha)), Node.Microsoft)];
        if (Gelu(node, rewriter) is not var (x, approximate)) return null;
        return [Ops.Unary("Gelu", rewriter[x], NodeAttributes.Of(("approximate", approximate)))];
    });

    static (Tensor X, float Alpha)? Swish(Node product, Rewriter rewriter)
    {
        if (product.Either(t => t.By("Sigmoid") is not null && rewriter.UsedOnce(t)) is not var (x, sigmoid)) return null;
        var inner = sigmoid.Node.Inputs[0]!;
        if (ReferenceEquals(inner, x)) return (x, 1f);
        return rewriter.UsedOnce(inner) && inner.By("Mul")?.WithNumber() is var (operand, alpha) && ReferenceEquals(operand, x) ? (x, alpha) : null;
    }

    /// <summary>x * (erf(x / sqrt 2) + 1) * 0.5, or tanh in the place of erf.</summary>
    static (Tensor X, string? Approximate)? Gelu(Node product, Rewriter rewriter)
    {
        if (product.WithNumber() is not var (doubled, half) || half != 0.5f || !rewriter.UsedOnce(doubled) || doubled.By("Mul") is not { } gate) return null;
        if (gate.Either(t => t.By("Add")?.WithNumber() is (_, 1f) && rewriter.UsedOnce(t)) is not var (x, sum)) return null;
        var curve = sum.Node.WithNumber()!.Value.Operand;
        if (!rewriter.UsedOnce(curve) || curve.Node.Inputs is not [{ } argument] || !rewriter.UsedOnce(argument)) return null;
        if (argument.By("Mul")?.WithNumber() is not var (inner, scale)) return null;
        if (curve.By("Erf") is not null && ReferenceEquals(inner, x) && Near(scale, 0.70710678f)) return (x, null);
        return curve.By("Tanh") is not null && Near(scale, 0.7978846f) && rewriter.UsedOnce(inner) && IsCubic(inner, x, rewriter) ? (x, "tanh") : null;
    }

    /// <summary>x + 0.044715 x^3</summary>
    static bool IsCubic(Tensor tensor, Tensor x, Rewriter rewriter)
    {
        if (tensor.By("Add")?.Beside(x) is not { } term || !rewriter.UsedOnce(term) || term.By("Mul")?.WithNumber() is not var (cube, factor)) return false;
        if (!Near(factor, 0.044715f) || !rewriter.UsedOnce(cube) || cube.By("Mul")?.Beside(x) is not { } square || !rewriter.UsedOnce(square)) return false;
        return square.By("Mul") is { } twice && ReferenceEquals(twice.Inputs[0], x) && ReferenceEquals(twice.Inputs[1], x);
    }

    static bool Near(float a, float b) => MathF.Abs(a - b) < 1e-6f * b;
}
