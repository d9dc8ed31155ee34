namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>
/// A normalisation over trailing axes whose root is read elsewhere too, as its gradient does, becomes one BatchNormalization in training mode over
/// [1, rows, elements]: it computes mean and variance of each row, and gives the variance, in one node instead of five passes over memory.
/// </summary>
public sealed class NormalisationWithRoot : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "normalisation with its root";

    /// <inheritdoc/>
    public Graph Apply(Graph graph)
    {
        // By the root, which is computed first and is read by others than the quotient.
        var roots = graph.Reachable().Where(n => n.Is("Div") && n.Outputs[0].Type == DType.Float32)
            .Select(n => (Quotient: n.Outputs[0], Found: Standardised.Match(n.Outputs[0]))).Where(f => f.Found is not null)
            .DistinctBy(f => f.Found!.Root).ToDictionary(f => f.Found!.Root, f => (f.Quotient, Found: f.Found!));
        var quotients = new Dictionary<Tensor, Tensor>();
        return Rewriter.Rewrite(graph, (node, rewriter) =>
        {
            var result = node.Outputs[0];
            if (quotients.TryGetValue(result, out var normal)) return [normal];
            if (!roots.TryGetValue(result, out var pattern) || !pattern.Found.IsPrivate(rewriter) || rewriter.UsedOnce(result)) return null;
            var x = pattern.Found.X;
            var leading = x.Rank - pattern.Found.Axes.Length;
            if (!pattern.Found.Axes.SequenceEqual(Enumerable.Range(leading, x.Rank - leading).Select(a => (long)a))) return null;
            var rows = x.Shape.Take(leading).Aggregate((Dim)1, (product, length) => product * length);
            var elements = x.Shape.Skip(leading).Aggregate((Dim)1, (product, length) => product * length);
            var target = rewriter.Target;
            var flat = Ops.Reshape(rewriter[x], 1, rows, elements);

            // With a momentum of 0 the running statistics that come out are those of the rows, whatever goes in. But ONNX Runtime writes them into what
            // went in, so that this must be nobody else's: not a constant, nor what another normalisation is given.
            var own = Ops.Reshape(Ops.Slice(flat, 2, 0, 1), rows) * pattern.Found.Epsilon;
            var normalised = target.Add(
                "BatchNormalization", [flat, Ops.Full(target, x.Type, 1, rows), Ops.Full(target, x.Type, 0, rows), Ops.Neg(own), Ops.Abs(own)],
                [(x.Type, flat.Shape), (x.Type, [rows]), (x.Type, [rows])],
                NodeAttributes.Of(("epsilon", pattern.Found.Epsilon), ("momentum", 0f), ("training_mode", 1)));
            quotients[pattern.Quotient] = Ops.Reshape(normalised.Outputs[0], [.. x.Shape]);
            return [Ops.Reshape(Ops.Sqrt(normalised.Outputs[2] + pattern.Found.Epsilon), [.. result.Shape])];
        });
    }
}
