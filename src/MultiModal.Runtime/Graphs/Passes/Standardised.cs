namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>The pattern (x - mean) / sqrt(mean((x - mean)^2) + epsilon), from which all normalisations are built.</summary>
static class Standardised
{
    /// <summary>Finds it.</summary>
    /// <param name="tensor">The quotient.</param>
    /// <param name="rewriter">Tells who reads what: a part that something else reads has to be computed anyway, so that nothing is found.</param>
    /// <param name="x">What is normalised.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="axes">Over which axes.</param>
    public static bool Find(Tensor? tensor, Rewriter rewriter, out Tensor x, out float epsilon, out long[] axes)
    {
        (x, epsilon, axes) = (null!, 0, []);
        if (tensor.By("Div") is not { } quotient || quotient.Inputs[0].By("Sub") is not { } centred || quotient.Inputs[1].By("Sqrt") is not { } root) return false;
        if (root.Inputs[0].By("Add")?.WithNumber() is not var (variance, added) || variance.By("ReduceMean") is not { } meanSquare) return false;
        if (meanSquare.Inputs[0].By("Mul") is not { } square || square.Inputs[0] != centred.Outputs[0] || square.Inputs[1] != centred.Outputs[0]) return false;
        if (centred.Inputs[1].By("ReduceMean") is not { } mean || mean.Inputs[0] != centred.Inputs[0] || mean.Inputs[1] != meanSquare.Inputs[1]) return false;
        if (mean.Inputs[1]?.Node.Value is not { } list || mean.Attributes.Int("keepdims", 1) == 0) return false;
        if (rewriter.Uses(centred.Outputs[0]) != 3) return false;
        foreach (var part in (ReadOnlySpan<Node>)[root, root.Inputs[0]!.Node, meanSquare, square, mean])
            if (!rewriter.UsedOnce(part.Outputs[0])) return false;
        (x, epsilon, axes) = (centred.Inputs[0]!, added, list.Longs.ToArray());
        return true;
    }
}
