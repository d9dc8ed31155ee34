using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Training;

/// <summary>Makes parameters inputs of the network. It runs after all passes, which treat parameters as what they are.</summary>
static class ParametersAsInputs
{
    public static Graph Apply(Graph graph, IReadOnlyCollection<string> names)
    {
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        return Rewriter.Rewrite(graph, (_, _) => null, (parameter, target) =>
            wanted.Contains(parameter.Name!) ? target.Input(parameter.Name!, parameter.Type, [.. parameter.Shape]) : null);
    }
}
