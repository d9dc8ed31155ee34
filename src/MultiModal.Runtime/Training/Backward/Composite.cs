using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>A function of one tensor that is written as several operators, but whose gradient as a whole is much less than the sum of theirs.</summary>
/// <param name="Input">What the function is of.</param>
/// <param name="Inside">The tensors between the input and the result.</param>
/// <param name="Rule">The gradient of the input.</param>
sealed record Composite(Tensor Input, IReadOnlyList<Tensor> Inside, Func<GradientStep, Tensor> Rule)
{
    /// <summary>The composite that ends at a node.</summary>
    public static Composite? EndingAt(Node node) => node.Op switch
    {
        "Div" => Normalisation(node),
        "Mul" => Swish(node),
        _ => null,
    };

    /// <summary>
    /// y = (x - mean) / root: (g - mean(g) - y mean(g y)) / root, since moving all of x, or scaling it, changes nothing. Written as what the
    /// passes make of it: scales and offsets of rows.
    /// </summary>
    static Composite? Normalisation(Node quotient)
    {
        if (Standardised.Match(quotient.Outputs[0]) is not { } found) return null;
        int[] axes = [.. found.Axes.Select(axis => (int)axis)];
        return new(found.X, [found.Root, found.Centred, .. found.Others], s =>
        {
            var (g, factor) = (s.Full, Ops.Reciprocal(found.Root));
            return (g * factor) + ((s.Y * -(Ops.Mean(g * s.Y, axes, keep: true) * factor)) - (Ops.Mean(g, axes, keep: true) * factor));
        });
    }

    /// <summary>y = x sigmoid(a x): sigmoid + a y (1 - sigmoid).</summary>
    static Composite? Swish(Node product)
    {
        foreach (var (x, gate) in new[] { (product.Inputs[0]!, product.Inputs[1]!), (product.Inputs[1]!, product.Inputs[0]!) })
        {
            if (gate.By("Sigmoid") is not { } sigmoid) continue;
            var argument = sigmoid.Inputs[0]!;
            if (ReferenceEquals(argument, x)) return new(x, [gate], s => s.G * (gate + (s.Y * (1f - gate))));
            if (argument.By("Mul")?.WithNumber() is var (inner, alpha) && ReferenceEquals(inner, x))
                return new(x, [gate, argument], s => s.G * (gate + (s.Y * (alpha - (gate * alpha)))));
        }

        return null;
    }
}
