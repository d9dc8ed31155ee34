namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Leaves out what no output depends on. (Parameters that nothing reads go too; inputs stay, as they are the caller's.)</summary>
public sealed class DeadCode : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "dead code";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (_, _) => null);
}
