namespace MultiModal.Diffusion.Training;

/// <summary>What a training came to.</summary>
/// <param name="Steps">How many steps were done, those of earlier runs included.</param>
/// <param name="Loss">The loss of the last steps, a running mean; not a number where this run had nothing left to do.</param>
public sealed record TrainingResult(int Steps, double Loss);
