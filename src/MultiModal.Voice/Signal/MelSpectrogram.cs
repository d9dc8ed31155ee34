using System.Buffers;

namespace MultiModal.Voice.Signal;

/// <summary>The logarithm of a signal's magnitudes under mel filters: ln(max(clamp, filters * magnitudes)). Immutable; may be shared by threads.</summary>
public sealed class MelSpectrogram
{
    readonly Stft stft;
    readonly MelFilterBank filters;

    /// <summary>Prepares the spectrogram.</summary>
    /// <param name="options">What it is made of.</param>
    public MelSpectrogram(MelSpectrogramOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        stft = new(options.FftSize, options.Hop, options.WindowLength);
        filters = new(options.SampleRate, options.FftSize, options.Mels, options.Lowest, options.Highest, options.Scale);
    }

    /// <summary>What it is made of.</summary>
    public MelSpectrogramOptions Options { get; }

    /// <summary>The number of frames of a signal.</summary>
    /// <param name="samples">Its length.</param>
    public int FrameCount(int samples) => stft.FrameCount(samples, PaddingFor(stft.FftSize, Options.WindowLength ?? stft.FftSize, samples));

    /// <summary>Computes the spectrogram.</summary>
    /// <param name="samples">The signal, at the options' sample rate.</param>
    /// <returns>[mels, frames], row-major.</returns>
    public float[] Compute(ReadOnlySpan<float> samples)
    {
        var result = new float[checked(Options.Mels * FrameCount(samples.Length))];
        Compute(samples, result);
        return result;
    }

    /// <summary>Computes the spectrogram into a buffer.</summary>
    /// <param name="samples">The signal, at the options' sample rate.</param>
    /// <param name="mels">Room for [mels, frames], row-major.</param>
    public void Compute(ReadOnlySpan<float> samples, Span<float> mels) => Compute(stft, 1, samples, mels);

    /// <summary>
    /// Computes the spectrogram of the signal as if sung higher or lower: frames are longer by 2^(semitones / 12), and their first frequencies are taken
    /// for those of the usual frame (NSF-HiFiGAN's <c>keyshift</c>).
    /// </summary>
    /// <param name="samples">The signal, at the options' sample rate.</param>
    /// <param name="semitones">The shift, -24 to 24.</param>
    /// <returns>[mels, frames], row-major.</returns>
    public float[] Compute(ReadOnlySpan<float> samples, double semitones)
    {
        if (!(Math.Abs(semitones) <= 24))
            throw new ArgumentOutOfRangeException(nameof(semitones), semitones, "The shift lies between -24 and 24 semitones.");
        if (semitones == 0)
            return Compute(samples);
        var factor = Math.Pow(2, semitones / 12);
        var window = (int)Math.Round((Options.WindowLength ?? Options.FftSize) * factor);
        var shifted = new Stft((int)Math.Round(Options.FftSize * factor), Options.Hop, window);
        var frames = shifted.FrameCount(samples.Length, PaddingFor(shifted.FftSize, window, samples.Length));
        var result = new float[checked(Options.Mels * frames)];
        Compute(shifted, (float)(Options.WindowLength ?? Options.FftSize) / window, samples, result, window);
        return result;
    }

    void Compute(Stft transform, float gain, ReadOnlySpan<float> samples, Span<float> mels, int? windowLength = null)
    {
        var padding = PaddingFor(transform.FftSize, windowLength ?? Options.WindowLength ?? transform.FftSize, samples.Length);
        var frames = transform.FrameCount(samples.Length, padding);
        if (mels.Length < (long)frames * Options.Mels)
            throw new ArgumentException($"{frames} frames of {Options.Mels} mels need more room than {mels.Length}.", nameof(mels));
        var magnitudes = ArrayPool<float>.Shared.Rent(Math.Max(1, frames * transform.BinCount));
        transform.Magnitudes(samples, padding, Options.Epsilon, magnitudes);
        var frame = ArrayPool<float>.Shared.Rent(filters.BinCount);
        var row = ArrayPool<float>.Shared.Rent(Options.Mels);
        var bins = Math.Min(transform.BinCount, filters.BinCount);
        for (var i = 0; i < frames; i++)
        {
            magnitudes.AsSpan(i * transform.BinCount, bins).CopyTo(frame);
            frame.AsSpan(bins, filters.BinCount - bins).Clear();
            filters.Apply(frame.AsSpan(0, filters.BinCount), row);
            for (var mel = 0; mel < Options.Mels; mel++)
                mels[(mel * frames) + i] = MathF.Log(Math.Max(row[mel] * gain, (float)Options.Clamp));
        }

        ArrayPool<float>.Shared.Return(magnitudes);
        ArrayPool<float>.Shared.Return(frame);
        ArrayPool<float>.Shared.Return(row);
    }

    StftPadding PaddingFor(int fftSize, int windowLength, int samples) => Options.Padding switch
    {
        MelPadding.Centred => StftPadding.Centred(fftSize),
        MelPadding.NsfHifiGan => StftPadding.NsfHifiGan(windowLength, Options.Hop, samples),
        _ => StftPadding.Vits(fftSize, Options.Hop),
    };
}
