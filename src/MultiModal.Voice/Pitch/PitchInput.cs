using MultiModal.Audio;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Pitch;

/// <summary>The mel spectrograms that pitch networks are given, made of sound at any rate.</summary>
public static class PitchInput
{
    /// <summary>Zero crossings of the resampling filter: both networks were trained behind a sharp one.</summary>
    const int FilterWidth = 128;

    /// <summary>RMVPE's: <see cref="MelSpectrogramOptions.Rmvpe"/>.</summary>
    /// <param name="samples">The samples of one channel. NaN and infinities count as silence.</param>
    /// <param name="sampleRate">Their rate, in Hz.</param>
    /// <returns>The mels, [128, frames], and the number of frames: 100 a second and one.</returns>
    public static (float[] Mel, int Frames) Rmvpe(ReadOnlySpan<float> samples, int sampleRate) =>
        Compute(new(MelSpectrogramOptions.Rmvpe), samples, sampleRate);

    /// <summary>
    /// FCPE's: <see cref="MelSpectrogramOptions.Fcpe"/>, with the last frame once more, which so-vits-svc appends whenever the sound has at least as many hops
    /// of 160 samples at its own rate as at 16 kHz.
    /// </summary>
    /// <param name="samples">The samples of one channel. NaN and infinities count as silence.</param>
    /// <param name="sampleRate">Their rate, in Hz.</param>
    /// <returns>The mels, [128, frames], and the number of frames: 100 a second, and usually one.</returns>
    public static (float[] Mel, int Frames) Fcpe(ReadOnlySpan<float> samples, int sampleRate)
    {
        var options = MelSpectrogramOptions.Fcpe;
        var (mel, frames) = Compute(new(options), samples, sampleRate);
        var counted = (samples.Length / options.Hop) + 1;
        var wanted = counted > frames && frames > 0 ? frames + 1 : Math.Min(counted, frames);
        if (wanted == frames)
            return (mel, frames);
        var fitted = new float[options.Mels * wanted];
        for (var row = 0; row < options.Mels; row++)
        {
            for (var i = 0; i < wanted; i++)
                fitted[(row * wanted) + i] = mel[(row * frames) + Math.Min(i, frames - 1)];
        }

        return (fitted, wanted);
    }

    static (float[] Mel, int Frames) Compute(MelSpectrogram spectrogram, ReadOnlySpan<float> samples, int sampleRate)
    {
        var finite = new float[samples.Length];
        for (var i = 0; i < finite.Length; i++)
            finite[i] = float.IsFinite(samples[i]) ? samples[i] : 0;
        var rate = spectrogram.Options.SampleRate;
        var sound = sampleRate == rate ? finite : new Resampler(sampleRate, rate, FilterWidth).Resample(finite);
        return (spectrogram.Compute(sound), spectrogram.FrameCount(sound.Length));
    }
}
