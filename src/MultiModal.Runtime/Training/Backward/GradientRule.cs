using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>The gradient of an operator with respect to each of its inputs.</summary>
sealed class GradientRule
{
    readonly Func<int, Func<GradientStep, Tensor>?> rules;

    GradientRule(Func<int, Func<GradientStep, Tensor>?> rules) => this.rules = rules;

    /// <summary>The derivative is zero wherever there is one, or the path is stopped.</summary>
    public static GradientRule None { get; } = new(_ => null);

    /// <summary>A formula for each input; null, or none, for an input without derivative (indices, lengths).</summary>
    public static GradientRule Each(params Func<GradientStep, Tensor>?[] formulas) => new(i => i < formulas.Length ? formulas[i] : null);

    /// <summary>One formula for any number of inputs.</summary>
    public static GradientRule Any(Func<GradientStep, int, Tensor> formula) => new(i => step => formula(step, i));

    /// <summary>Formulas of an element-wise operator, as if nothing had been broadcast: what each gives is summed over what was.</summary>
    public static GradientRule Pointwise(params Func<GradientStep, Tensor>?[] formulas) =>
        new(i => i < formulas.Length && formulas[i] is { } formula ? step => Unbroadcast(formula(step), step.Y.Shape, step[i].Shape) : null);

    public bool Differentiates(int input) => rules(input) is not null;

    public Tensor Apply(GradientStep step, int input) => rules(input)!(step);

    /// <summary>The gradient of an operand from the gradient at the shape to which it was broadcast.</summary>
    public static Tensor Unbroadcast(Tensor gradient, Shape from, Shape to)
    {
        if (from.Equals(to)) return gradient;
        var full = Ops.Expand(gradient, [.. from]);
        var added = from.Rank - to.Rank;
        int[] axes = [.. Enumerable.Range(0, from.Rank).Where(axis => axis < added || (to[axis - added] == 1 && from[axis] != 1))];
        return Ops.Reshape(axes.Length == 0 ? full : Ops.Sum(full, axes), [.. to]);
    }
}
