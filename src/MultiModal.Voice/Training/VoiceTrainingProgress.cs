namespace MultiModal.Voice.Training;

/// <summary>A step of a voice's training.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">The step at which training ends.</param>
/// <param name="Epoch">The epoch the step was of, from 0.</param>
/// <param name="Losses">The losses by name, before their weights: "mel", "kl", "lf0", "fm", "gen", "disc"; those that the stage has.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="GradientNorm">The norm of the generator's gradients, before clipping.</param>
/// <param name="SecondsPerStep">How long a step takes: the mean over the last ones.</param>
/// <param name="Validation">The mel distance on the clips held out, where it was measured at this step.</param>
/// <param name="Checkpoint">The generator written at this step; null at most steps.</param>
public sealed record VoiceTrainingProgress(
    long Step, long Steps, long Epoch, IReadOnlyDictionary<string, double> Losses, double LearningRate, double GradientNorm, double SecondsPerStep, double? Validation, string? Checkpoint);
