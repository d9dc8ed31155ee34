using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training;

/// <summary>A loss and the parameters that it trains.</summary>
/// <param name="Name">What the session calls it; an output of that name is added to the graph.</param>
/// <param name="Value">One number, of the graph.</param>
/// <param name="Trains">
/// The parameters whose gradients it gives. Every one must be a parameter of the graph on which the loss depends; empty for a loss that is only
/// watched.
/// </param>
public sealed record TrainingLoss(string Name, Tensor Value, ParameterSet Trains)
{
    /// <summary>Parts of the network that are computed again on the way back, by the beginnings of their parameters' names: less memory, more time.</summary>
    /// <value>The default value is empty: everything is kept.</value>
    public IReadOnlyList<string> Recompute { get; init; } = [];
}
