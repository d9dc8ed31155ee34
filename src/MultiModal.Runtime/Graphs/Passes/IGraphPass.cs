namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>A rewrite of a graph into one that computes the same, faster. Inputs, outputs and the meaning of parameters stay.</summary>
public interface IGraphPass
{
    /// <summary>The pass's name, for reports.</summary>
    string Name { get; }

    /// <summary>Makes the rewritten graph. The graph given is not changed.</summary>
    /// <param name="graph">The graph to rewrite.</param>
    Graph Apply(Graph graph);
}
