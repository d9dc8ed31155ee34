namespace MultiModal.Runtime.Training;

/// <summary>What came out of a step.</summary>
/// <param name="Loss">The loss before the update.</param>
/// <param name="GradientNorm">The norm of the gradient before clipping.</param>
public readonly record struct TrainingStep(double Loss, double GradientNorm);
