using MultiModal.Audio;
using MultiModal.Voice.Training.Data;

namespace TrainDemoVoice.Corpus;

/// <summary>A sentence spoken by a synthesiser, with the times of its phonemes.</summary>
/// <param name="Voice">Who speaks: "flite-slt", "espeak-en-us+f3".</param>
/// <param name="Text">What is said.</param>
/// <param name="Sound">One channel at 16 kHz.</param>
/// <param name="Phonemes">In the phonemes of <see cref="Phones"/>, without gaps.</param>
sealed record Utterance(string Voice, string Text, AudioClip Sound, IReadOnlyList<PhonemeInterval> Phonemes);
