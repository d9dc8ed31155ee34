using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training.Backward;

namespace MultiModal.Runtime.Training;

/// <summary>
/// Reverse-mode differentiation (Griewank and Walther 2008, chapter 3): the derivatives of a loss as ordinary nodes of its graph, which the
/// passes and the runtime treat like any others.
/// </summary>
/// <remarks>
/// Build gradients on the graph as the layers wrote it, before passes: fused operators have no gradient. <see cref="Ops.StopGradient"/> ends
/// a path. Where a function has no derivative, a subgradient is given as PyTorch gives it (0 at the origin for relu and |x|, halves to both
/// for the maximum of equals).
/// </remarks>
public static class Gradients
{
    /// <summary>Appends the gradients of a loss.</summary>
    /// <param name="loss">A float tensor of one element.</param>
    /// <param name="tensors">With respect to what: parameters, inputs, or anything between them and the loss.</param>
    /// <returns>For each of the tensors its gradient, of the same type and shape.</returns>
    /// <exception cref="GraphException">The loss is not one number, does not depend on one of the tensors, or depends on it through an
    /// operator that has no gradient.</exception>
    public static IReadOnlyList<Tensor> Of(Tensor loss, params IReadOnlyList<Tensor> tensors) => Of(loss, tensors, []);

    /// <summary>Appends the gradients of a loss, computing parts of the network again on the way back instead of keeping their values.</summary>
    /// <param name="loss">A float tensor of one element.</param>
    /// <param name="tensors">With respect to what.</param>
    /// <param name="recompute">
    /// A part each: the layers whose parameters' names begin so, "down_blocks.0." for instance, and what lies between them. Only what enters it is
    /// kept. It costs one more forward pass of the part.
    /// </param>
    /// <returns>For each of the tensors its gradient, of the same type and shape.</returns>
    /// <exception cref="ArgumentException">No layer has a parameter that begins so.</exception>
    /// <exception cref="GraphException">The loss is not one number, does not depend on one of the tensors, or depends on it through an
    /// operator that has no gradient.</exception>
    public static IReadOnlyList<Tensor> Of(Tensor loss, IReadOnlyList<Tensor> tensors, IReadOnlyList<string> recompute)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(recompute);
        if (!loss.Type.IsFloat() || loss.Shape.ElementCount != 1)
            throw new GraphException("Gradients", "a loss is one floating-point number; take the mean or the sum of it.", [loss]);
        return Of([loss], [Ops.Full(loss.Graph, loss.Type, 1, [.. loss.Shape])], tensors, recompute);
    }

    /// <summary>Appends the products of Jacobian matrices with given vectors from the left: the gradients of sum(values * seeds).</summary>
    /// <param name="values">What is differentiated.</param>
    /// <param name="seeds">The gradient of what follows with respect to each of the values, of the same type and shape.</param>
    /// <param name="tensors">With respect to what.</param>
    /// <returns>For each of the tensors its gradient, of the same type and shape.</returns>
    /// <exception cref="GraphException">None of the values depends on one of the tensors, or one depends on it through an operator that has
    /// no gradient.</exception>
    public static IReadOnlyList<Tensor> Of(IReadOnlyList<Tensor> values, IReadOnlyList<Tensor> seeds, IReadOnlyList<Tensor> tensors) => Of(values, seeds, tensors, []);

    /// <summary>Those of some tensors on which a loss depends by a path that gradients take.</summary>
    /// <param name="loss">Any tensor.</param>
    /// <param name="tensors">The tensors to choose from.</param>
    public static IReadOnlyList<Tensor> Reached(Tensor loss, IEnumerable<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(tensors);
        return ReverseWalk.Reached(loss, tensors);
    }

    static IReadOnlyList<Tensor> Of(IReadOnlyList<Tensor> values, IReadOnlyList<Tensor> seeds, IReadOnlyList<Tensor> tensors, IReadOnlyList<string> recompute)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0) return [];
        if (values.Count == 0 || values.Count != seeds.Count) throw new ArgumentException("There must be values, and a seed for each.", nameof(seeds));
        for (var i = 0; i < values.Count; i++)
            if (seeds[i].Type != values[i].Type || !seeds[i].Shape.Equals(values[i].Shape))
                throw new GraphException("Gradients", "a seed has the type and the shape of its value.", [values[i], seeds[i]]);
        return new ReverseWalk(values[0].Graph, tensors, recompute).Run(values, seeds);
    }
}
