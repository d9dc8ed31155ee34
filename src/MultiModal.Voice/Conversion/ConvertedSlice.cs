namespace MultiModal.Voice.Conversion;

/// <summary>A slice converted: sound at the model's rate, and for each frame the source's pitch and that of the result.</summary>
sealed record ConvertedSlice(float[] Samples, float[] SourcePitch, float[] Pitch);
