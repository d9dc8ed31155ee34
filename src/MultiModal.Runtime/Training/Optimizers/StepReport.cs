namespace MultiModal.Runtime.Training.Optimizers;

/// <summary>What a step of an optimiser did.</summary>
/// <param name="GradientNorm">The Euclidean norm of all gradients together, scaled and before clipping. Not finite when a gradient is not.</param>
/// <param name="Applied">Whether the parameters were changed: they are left alone when a gradient is not finite.</param>
public readonly record struct StepReport(double GradientNorm, bool Applied);
