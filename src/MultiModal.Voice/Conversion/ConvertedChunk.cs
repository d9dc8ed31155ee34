using MultiModal.Audio;

namespace MultiModal.Voice.Conversion;

/// <summary>The next part of a converted sound. The parts follow each other without gaps.</summary>
/// <param name="Audio">One channel at the output's rate.</param>
/// <param name="Start">Where it begins in the sound.</param>
/// <param name="SourcePitch">
/// The pitch found and transposed, in Hz for each frame of the model from <paramref name="Start"/> on; 0 where unvoiced. Empty for silence. Where a slice is cut by force, its
/// last frames' sound comes with the next part.
/// </param>
/// <param name="Pitch">The pitch it was made with, without gaps. Empty for silence.</param>
/// <param name="InvalidSamples">How many samples came out as NaN or infinite and were replaced by silence; 0 unless a model is broken.</param>
public sealed record ConvertedChunk(AudioClip Audio, TimeSpan Start, IReadOnlyList<float> SourcePitch, IReadOnlyList<float> Pitch, int InvalidSamples);
