namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Which passes run, in which order.</summary>
public static class GraphPasses
{
    /// <summary>The passes that pay on a CPU, each measured (docs/graph-passes.md).</summary>
    public static IReadOnlyList<IGraphPass> Default { get; } =
    [
        // Patterns first: they are found as the layers write them, before simplification joins parts of different layers.
        new AttentionFusion(), new ConstantFolding(), new Simplification(), new CommonSubexpressions(),
        new LayerNormFusion(), new RowNormalisation(), new GroupNormFusion(), new ActivationFusion(), new UpsampleConvFusion(), new ConvActivationFusion(),
        new DeadCode(),
    ];

    /// <summary>No pass at all: the graph as it was built.</summary>
    public static IReadOnlyList<IGraphPass> None { get; } = [];

    /// <summary>Runs passes one after the other.</summary>
    /// <param name="graph">The graph to rewrite; it is not changed.</param>
    /// <param name="passes">The passes; null for the default ones.</param>
    public static Graph Optimise(this Graph graph, IReadOnlyList<IGraphPass>? passes = null) =>
        (passes ?? Default).Aggregate(graph, (current, pass) => pass.Apply(current));
}
