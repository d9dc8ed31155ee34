namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>The coefficients of <see cref="Lion"/>; the defaults are the paper's.</summary>
public sealed record LionOptions
{
    /// <summary>The learning rate before schedules: a third to a tenth of what suits AdamW.</summary>
    /// <value>The default value is 0.0001.</value>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>How much of the running mean is in the direction of a step.</summary>
    /// <value>The default value is 0.9.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the running mean of the gradients is kept at each step.</summary>
    /// <value>The default value is 0.99.</value>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Which part of a parameter, times the learning rate, is taken off at each step: three to ten times what suits AdamW.</summary>
    /// <value>The default value is 0.</value>
    public double WeightDecay { get; init; }
}
