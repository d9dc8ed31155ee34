namespace MultiModal.Voice.Synthesis;

/// <summary>What the graphs of a synthesizer differ by.</summary>
/// <param name="PerFrameSpeaker">Whether there is a speaker embedding for each frame.</param>
/// <param name="WithVolume">Whether the volume is fed.</param>
/// <param name="Batched">Whether there are several sequences.</param>
readonly record struct SynthesizerKind(bool PerFrameSpeaker, bool WithVolume, bool Batched);
