namespace MultiModal.Voice.Pitch;

/// <summary>
/// Refines a pitch by the instantaneous frequency of its harmonics: WORLD's StoneMask (M. Morise, F. Yokomori, K. Ozawa, "WORLD: a vocoder-based
/// high-quality speech synthesis system", IEICE 2016).
/// </summary>
public static class StoneMask
{
    const double Lowest = 40;

    /// <summary>Refines the pitch of frames.</summary>
    /// <param name="samples">The samples of one channel.</param>
    /// <param name="sampleRate">Their rate, in Hz.</param>
    /// <param name="times">The time of each frame, in seconds.</param>
    /// <param name="hertz">Its pitch in Hz, 0 where it is unvoiced.</param>
    /// <returns>The refined pitch; 0 where it was 40 Hz or less, above a twelfth of the sample rate, or not confirmed by its harmonics.</returns>
    public static double[] Refine(ReadOnlySpan<float> samples, int sampleRate, ReadOnlySpan<double> times, ReadOnlySpan<double> hertz) =>
        Refine(FiniteSamples.ToDouble(samples), sampleRate, times, hertz);

    internal static double[] Refine(double[] signal, int sampleRate, ReadOnlySpan<double> times, ReadOnlySpan<double> hertz)
    {
        if (times.Length != hertz.Length)
            throw new ArgumentException($"{times.Length} times do not go with {hertz.Length} pitches.", nameof(hertz));
        var refined = new double[hertz.Length];
        if (signal.Length == 0)
            return refined;
        var spectra = new InstantaneousFrequency(signal, sampleRate);
        for (var i = 0; i < refined.Length; i++)
        {
            if (!(hertz[i] > Lowest && hertz[i] <= sampleRate / 12.0))
                continue;
            spectra.Load(times[i], hertz[i], harvest: false);
            var tentative = spectra.Correct(hertz[i], 2).Hertz;
            var corrected = tentative <= 0 || tentative > hertz[i] * 2 ? 0 : spectra.Correct(tentative, 6).Hertz;
            refined[i] = Math.Abs(corrected - hertz[i]) > hertz[i] * 0.2 ? hertz[i] : corrected;
        }

        return refined;
    }
}
