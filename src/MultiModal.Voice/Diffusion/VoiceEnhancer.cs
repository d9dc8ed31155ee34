using MultiModal.Audio;
using MultiModal.Runtime.Random;

namespace MultiModal.Voice.Diffusion;

/// <summary>Makes a sound anew from its spectrogram by a vocoder ("nsf_hifigan_enhance"): cleaner for models trained with little, worse for good ones.</summary>
static class VoiceEnhancer
{
    // How sharp the original's filters are here.
    const int FilterWidth = 128;

    /// <summary>Enhances a sound.</summary>
    /// <param name="vocoder">The vocoder.</param>
    /// <param name="samples">The sound.</param>
    /// <param name="sampleRate">Its rate.</param>
    /// <param name="pitch">In Hz for each frame.</param>
    /// <param name="hop">Samples for a frame.</param>
    /// <param name="key">Semitones by which the vocoder hears the sound lower than it is, for pitches above those it knows; it is raised again afterwards.</param>
    /// <param name="random">Where the vocoder draws.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The sound at the vocoder's rate.</returns>
    public static async Task<float[]> EnhanceAsync(
        NsfHifiGan vocoder, float[] samples, int sampleRate, float[] pitch, int hop, double key, TorchRandom random, CancellationToken cancellationToken)
    {
        var (rate, step) = (vocoder.SampleRate, vocoder.HopLength);
        var adaptedRate = 100 * (int)Math.Round(rate / Math.Pow(2, -key / 12) / 100);
        var factor = (double)rate / adaptedRate;
        var adapted = adaptedRate == sampleRate ? samples : new Resampler(sampleRate, adaptedRate, FilterWidth).Resample(samples);
        var mel = vocoder.Mel.Compute(adapted);
        var frames = mel.Length / vocoder.Mel.Options.Mels;
        var adaptedPitch = new float[frames];
        for (var t = 0; t < frames; t++)
        {
            // The place of the vocoder's frame among the given ones, by straight lines between them.
            var at = Math.Min(t * (double)step / rate * factor * sampleRate / hop, pitch.Length - 1);
            var left = (int)at;
            var right = Math.Min(left + 1, pitch.Length - 1);
            adaptedPitch[t] = (float)((pitch[left] + ((pitch[right] - pitch[left]) * (at - left))) * factor);
        }

        var enhanced = await vocoder.RunAsync(mel, adaptedPitch, random, cancellationToken: cancellationToken).ConfigureAwait(false);
        return adaptedRate == rate ? enhanced : new Resampler(adaptedRate, rate, FilterWidth).Resample(enhanced);
    }
}
