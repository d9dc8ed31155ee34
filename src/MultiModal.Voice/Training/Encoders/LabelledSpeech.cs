using MultiModal.Voice.Training.Data;

namespace MultiModal.Voice.Training.Encoders;

/// <summary>Speech and what is said in it, for training a content encoder.</summary>
/// <param name="Samples">One channel at 16 kHz, 16 bits.</param>
/// <param name="Phonemes">When each phoneme is spoken; what lies outside counts as the first label.</param>
public sealed record LabelledSpeech(ReadOnlyMemory<short> Samples, IReadOnlyList<PhonemeInterval> Phonemes);
