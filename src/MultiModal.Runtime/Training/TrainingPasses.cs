using MultiModal.Runtime.Graphs.Passes;

namespace MultiModal.Runtime.Training;

/// <summary>The passes for graphs with gradients.</summary>
public static class TrainingPasses
{
    /// <summary>
    /// Those of inference, for what is frozen or not read again by gradients, and those that pay where the backward pass reads what the forward pass
    /// computes (docs/training.md).
    /// </summary>
    public static IReadOnlyList<IGraphPass> Default { get; } =
    [
        .. GraphPasses.Default.TakeWhile(pass => pass is not LayerNormFusion), new NormalisationWithRoot(), new RowAffineFusion(),
        .. GraphPasses.Default.SkipWhile(pass => pass is not LayerNormFusion),
    ];
}
