namespace MultiModal.Voice.Training.Encoders;

/// <summary>How far the training of a content encoder is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">The mean cross-entropy of a unit, in nats, in the last step.</param>
/// <param name="Accuracy">The fraction of units of the last step whose phoneme was right.</param>
/// <param name="HeldOut">The same on the speech held out, where it was measured at this step.</param>
public sealed record EncoderProgress(int Step, int Steps, double Loss, double Accuracy, double? HeldOut);
