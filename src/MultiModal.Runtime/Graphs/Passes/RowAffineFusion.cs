namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>
/// x * scale + offset, where scale and offset are numbers for whole rows of x, becomes one BatchNormalization with mean 0 and variance 1 over
/// [1 or batch, rows, elements]: one pass over memory instead of two.
/// </summary>
public sealed class RowAffineFusion : IGraphPass
{
    /// <summary>Rows shorter than this do not pay.</summary>
    const long ShortestRow = 16;

    /// <inheritdoc/>
    public string Name => "scale and offset of rows";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (!node.Is("Add") || node.Outputs[0].Type != DType.Float32) return null;
        if (node.Either(t => t.By("Mul") is not null && rewriter.UsedOnce(t)) is not var (offset, product)) return null;
        var shape = node.Outputs[0].Shape;
        foreach (var (x, scale) in new[] { (product.Node.Inputs[0]!, product.Node.Inputs[1]!), (product.Node.Inputs[1]!, product.Node.Inputs[0]!) })
            if (x.Shape.Equals(shape) && Rows(shape, scale.Shape) is var (first, last) && Rows(shape, offset.Shape) == (first, last))
                return [Fuse(rewriter, x, scale, offset, first, last)];
        return null;
    });

    static Tensor Fuse(Rewriter rewriter, Tensor x, Tensor scale, Tensor offset, int first, int last)
    {
        Dim Product(int from, int to) => x.Shape.Take(to).Skip(from).Aggregate((Dim)1, (product, length) => product * length);
        var (target, rows) = (rewriter.Target, Product(first, last));
        var flat = Ops.Reshape(rewriter[x], Product(0, first), rows, Product(last, x.Rank));
        var result = target.Add(
            "BatchNormalization",
            [flat, Ops.Reshape(rewriter[scale], rows), Ops.Reshape(rewriter[offset], rows), Ops.Full(target, x.Type, 0, rows), Ops.Full(target, x.Type, 1, rows)],
            x.Type, flat.Shape, NodeAttributes.Of(("epsilon", 0f)));
        return Ops.Reshape(result, [.. x.Shape]);
    }

    /// <summary>The axes, from the first to before the last, along which a vector differs; all axes after them are long enough together.</summary>
    static (int First, int Last)? Rows(Shape whole, Shape vector)
    {
        var added = whole.Rank - vector.Rank;
        bool Differs(int axis) => axis >= added && vector[axis - added] != 1;
        var last = whole.Rank;
        while (last > 0 && !Differs(last - 1)) last--;
        var first = last;
        while (first > 0 && Differs(first - 1)) first--;
        if (first == last || last == whole.Rank || Enumerable.Range(0, first).Any(Differs)) return null;
        var elements = whole.Skip(last).Aggregate((Dim)1, (product, length) => product * length);
        return elements.IsKnown && elements.Value >= ShortestRow ? (first, last) : null;
    }
}
