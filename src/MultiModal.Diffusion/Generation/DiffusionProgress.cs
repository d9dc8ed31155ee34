namespace MultiModal.Diffusion.Generation;

/// <summary>How far a generation is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Elapsed">Time since the first step began.</param>
public readonly record struct DiffusionProgress(int Step, int Steps, TimeSpan Elapsed);
