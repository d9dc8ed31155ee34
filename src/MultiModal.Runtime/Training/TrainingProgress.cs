namespace MultiModal.Runtime.Training;

/// <summary>Where a training is.</summary>
/// <param name="Step">How many steps have been done, those before a resumption included.</param>
/// <param name="Total">How many there will be.</param>
/// <param name="Loss">The loss of the last step.</param>
/// <param name="GradientNorm">The norm of its gradient.</param>
/// <param name="SecondsPerStep">How long a step takes: the mean over the last ones.</param>
/// <param name="Remaining">How long the rest will take at that rate.</param>
public sealed record TrainingProgress(long Step, long Total, double Loss, double GradientNorm, double SecondsPerStep, TimeSpan Remaining);
