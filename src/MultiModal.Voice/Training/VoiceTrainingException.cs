namespace MultiModal.Voice.Training;

/// <summary>Data and model do not fit each other: too many speakers, clips that are too short, a stage whose networks the base model lacks.</summary>
/// <param name="message">What does not fit, and what to do.</param>
public sealed class VoiceTrainingException(string message) : MultiModalException(message);
