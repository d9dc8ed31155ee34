namespace MultiModal.Voice.Conversion;

/// <summary>A conversion was asked for that the model cannot do: a speaker it has not, a pitch it cannot predict.</summary>
/// <param name="message">What was asked, and what there is.</param>
public sealed class VoiceConversionException(string message) : MultiModalException(message);
