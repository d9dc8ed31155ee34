using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Training;

/// <summary>The passes for graphs with gradients.</summary>
public static class TrainingPasses
{
    /// <summary>The passes that pay where the backward pass reads what the forward pass computes.</summary>
    public static IReadOnlyList<IGraphPass> Default { get; } = GraphPasses.Default;
}
