namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>Parameters that an optimiser treats alike.</summary>
/// <param name="parameters">The parameters.</param>
public sealed class ParameterGroup(IEnumerable<TrainableParameter> parameters)
{
    /// <summary>The parameters.</summary>
    public IReadOnlyList<TrainableParameter> Parameters { get; } = [.. parameters];

    /// <summary>The learning rate before schedules.</summary>
    /// <value>Null, the default, for the optimiser's own.</value>
    public double? LearningRate { get; init; }

    /// <summary>The weight decay.</summary>
    /// <value>Null, the default, for the optimiser's own.</value>
    public double? WeightDecay { get; init; }
}
