namespace MultiModal.Voice.Conversion;

/// <summary>The rounding of samples to 16 bits and back, through which the original passes every slice (libsndfile with clipping, as Python's soundfile sets it).</summary>
static class Pcm16
{
    /// <summary>Rounds in place.</summary>
    public static void Round(Span<float> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            // Rounded to 32 bits, of which the upper 16 are kept.
            var wide = Math.Clamp(Math.Round(samples[i] * 2147483648.0), int.MinValue, int.MaxValue);
            samples[i] = (float)Math.Floor(wide / 65536) / 32768f;
        }
    }
}
