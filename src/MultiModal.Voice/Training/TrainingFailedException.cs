namespace MultiModal.Voice.Training;

/// <summary>Training cannot go on: a loss or a gradient is no longer a number, or the data do not fit the model.</summary>
/// <param name="message">What happened, at which step, and what to do.</param>
public sealed class TrainingFailedException(string message) : MultiModalException(message);
