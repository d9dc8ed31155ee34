namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>The coefficients of <see cref="AdamW"/>; the defaults are those of torch.optim.AdamW.</summary>
public sealed record AdamWOptions
{
    /// <summary>The learning rate before schedules.</summary>
    /// <value>The default value is 0.001.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How much of the running mean of the gradients is kept at each step.</summary>
    /// <value>The default value is 0.9.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the running mean of their squares is kept at each step.</summary>
    /// <value>The default value is 0.999.</value>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square.</summary>
    /// <value>The default value is 1e-8.</value>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Which part of a parameter, times the learning rate, is taken off at each step.</summary>
    /// <value>The default value is 0.01.</value>
    public double WeightDecay { get; init; } = 0.01;
}
