namespace MultiModal.Voice.Pitch;

/// <summary>Samples for analysis: what is no number is silence, or one bad sample would spoil everything a transform touches.</summary>
static class FiniteSamples
{
    internal static double[] ToDouble(ReadOnlySpan<float> samples)
    {
        var result = new double[samples.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = float.IsFinite(samples[i]) ? samples[i] : 0;
        return result;
    }
}
