namespace MultiModal.Voice.Pitch;

/// <summary>What one frame may be. The first candidate is always voicelessness: 0 Hz.</summary>
/// <param name="Intensity">The frame's peak relative to that of the whole sound, at most 1.</param>
/// <param name="Hertz">The candidates.</param>
/// <param name="Strengths">How periodic the frame is with each, 0 to 1.</param>
readonly record struct PraatFrame(double Intensity, double[] Hertz, double[] Strengths);
