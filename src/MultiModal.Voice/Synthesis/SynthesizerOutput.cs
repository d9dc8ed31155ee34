namespace MultiModal.Voice.Synthesis;

/// <summary>What a synthesizer made.</summary>
/// <param name="Samples">Sound: frames * hop samples.</param>
/// <param name="Pitch">The pitch it was made with, in Hz for each frame: the one given, or the one predicted.</param>
public sealed record SynthesizerOutput(float[] Samples, float[] Pitch);
