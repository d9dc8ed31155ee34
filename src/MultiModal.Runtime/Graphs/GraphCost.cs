namespace MultiModal.Runtime.Graphs;

/// <summary>
/// What running a graph costs, counted in multiply-adds of its products: convolutions, matrix products, attention and recurrent layers.
/// Element-wise operations, normalisations and copies are not counted, as is usual.
/// </summary>
public sealed class GraphCost
{
    GraphCost(IReadOnlyDictionary<string, long> byOperation)
    {
        ByOperation = byOperation;
        MultiplyAdds = byOperation.Values.Sum();
    }

    /// <summary>All multiply-adds of one run.</summary>
    public long MultiplyAdds { get; }

    /// <summary>Floating-point operations of one run: two for each multiply-add.</summary>
    public double FloatingPointOperations => 2.0 * MultiplyAdds;

    /// <summary>Multiply-adds by the name of the ONNX operator.</summary>
    public IReadOnlyDictionary<string, long> ByOperation { get; }

    /// <summary>Counts what a graph's outputs depend on.</summary>
    /// <param name="graph">The graph, before or after passes.</param>
    /// <param name="symbols">A value for every symbol of its shapes; null for a graph without any.</param>
    /// <exception cref="KeyNotFoundException">A symbol has no value.</exception>
    public static GraphCost Of(Graph graph, IReadOnlyDictionary<string, long>? symbols = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        symbols ??= new Dictionary<string, long>();
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var node in graph.Reachable())
            if (Count(node) is { } count) counts[node.Op] = checked(counts.GetValueOrDefault(node.Op) + count.Evaluate(symbols));
        return new(counts);
    }

    static Dim? Count(Node node)
    {
        Shape In(int index) => node.Inputs[index]!.Shape;
        var result = node.Outputs[0].Shape;
        return node.Op switch
        {
            "Conv" or "FusedConv" => result.ElementCount * Product(In(1).Skip(1)),
            "ConvTranspose" => In(0).ElementCount * Product(In(1).Skip(1)),
            "MatMul" => result.ElementCount * In(0)[-1],
            "Gemm" => result.ElementCount * In(0)[node.Attributes.Int("transA") == 1 ? 0 : 1],

            // Queries times keys, for the logits and again for the values.
            "MultiHeadAttention" => In(0)[0] * In(0)[1] * In(1)[1] * (In(0)[2] + In(2)[2]),
            "GRU" or "LSTM" => In(0)[0] * In(0)[1] * (In(1).ElementCount + In(2).ElementCount),
            _ => (Dim?)null,
        };
    }

    static Dim Product(IEnumerable<Dim> lengths) => lengths.Aggregate((Dim)1, (a, b) => a * b);
}
