namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>The pattern (x - mean) / sqrt(mean((x - mean)^2) + epsilon), from which all normalisations are built.</summary>
/// <param name="X">What is normalised.</param>
/// <param name="Epsilon">What is added to the variance.</param>
/// <param name="Axes">Over which axes.</param>
/// <param name="Root">The square root, with length 1 along the axes.</param>
/// <param name="Centred">x - mean, which the pattern reads three times.</param>
/// <param name="Others">What else is inside the pattern, each read once by it.</param>
sealed record Standardised(Tensor X, float Epsilon, long[] Axes, Tensor Root, Tensor Centred, IReadOnlyList<Tensor> Others)
{
    /// <summary>Finds it, whoever else reads its parts.</summary>
    /// <param name="tensor">The quotient.</param>
    public static Standardised? Match(Tensor? tensor)
    {
        if (tensor.By("Div") is not { } quotient || quotient.Inputs[0].By("Sub") is not { } centred || quotient.Inputs[1].By("Sqrt") is not { } root) return null;
        if (root.Inputs[0].By("Add")?.WithNumber() is not var (variance, added) || variance.By("ReduceMean") is not { } meanSquare) return null;
        if (meanSquare.Inputs[0].By("Mul") is not { } square || square.Inputs[0] != centred.Outputs[0] || square.Inputs[1] != centred.Outputs[0]) return null;
        if (centred.Inputs[1].By("ReduceMean") is not { } mean || mean.Inputs[0] != centred.Inputs[0] || mean.Inputs[1] != meanSquare.Inputs[1]) return null;
        if (mean.Inputs[1]?.Node.Value is not { } list || mean.Attributes.Int("keepdims", 1) == 0) return null;
        return new(
            centred.Inputs[0]!, added, list.Longs.ToArray(), root.Outputs[0], centred.Outputs[0],
            [root.Inputs[0]!, meanSquare.Outputs[0], square.Outputs[0], mean.Outputs[0]]);
    }

    /// <summary>Finds it where nothing else reads its parts, so that they need not exist.</summary>
    /// <param name="tensor">The quotient.</param>
    /// <param name="rewriter">Tells who reads what.</param>
    public static Standardised? Find(Tensor? tensor, Rewriter rewriter) =>
        Match(tensor) is { } found && found.IsPrivate(rewriter) && rewriter.UsedOnce(found.Root) ? found : null;

    /// <summary>Whether nothing else reads the parts, the root excepted.</summary>
    public bool IsPrivate(Rewriter rewriter) => rewriter.Uses(Centred) == 3 && Others.All(rewriter.UsedOnce);
}
