using System.Buffers;

namespace MultiModal.Voice.Signal;

/// <summary>
/// The short-time Fourier transform with a periodic Hann window, as <c>torch.stft</c> computes it (one side, not normalised). A window shorter than the
/// frame sits in its middle. Immutable; may be shared by threads.
/// </summary>
public sealed class Stft
{
    readonly RealFft fft;
    readonly double[] window;

    /// <summary>Prepares the transform.</summary>
    /// <param name="fftSize">Samples of a frame, at least 2.</param>
    /// <param name="hop">Samples from frame to frame, at least 1.</param>
    /// <param name="windowLength">Samples of the window, at most <paramref name="fftSize"/>, which it is when null.</param>
    public Stft(int fftSize, int hop, int? windowLength = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fftSize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        var length = windowLength ?? fftSize;
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(windowLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, fftSize, nameof(windowLength));
        fft = new(fftSize);
        Hop = hop;
        window = new double[fftSize];
        for (var i = 0; i < length; i++)
            window[((fftSize - length) / 2) + i] = 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / length));
    }

    /// <summary>Samples of a frame.</summary>
    public int FftSize => fft.Length;

    /// <summary>Samples from frame to frame.</summary>
    public int Hop { get; }

    /// <summary>Frequencies a frame: half the frame and one.</summary>
    public int BinCount => fft.BinCount;

    /// <summary>The number of frames of a signal.</summary>
    /// <param name="samples">Its length.</param>
    /// <param name="padding">What it is given at its ends.</param>
    public int FrameCount(int samples, StftPadding padding)
    {
        var padded = samples + padding.Left + padding.Right;
        return samples == 0 || padded < FftSize ? 0 : ((padded - FftSize) / Hop) + 1;
    }

    /// <summary>Transforms a signal.</summary>
    /// <param name="samples">The signal.</param>
    /// <param name="padding">What it is given at its ends.</param>
    /// <param name="re">Room for the real parts, [frames, bins].</param>
    /// <param name="im">Room for the imaginary parts, [frames, bins].</param>
    /// <exception cref="ArgumentException">There is too little room.</exception>
    public void Forward(ReadOnlySpan<float> samples, StftPadding padding, Span<float> re, Span<float> im)
    {
        var frames = FrameCount(samples.Length, padding);
        CheckRoom(Math.Min(re.Length, im.Length), frames);
        var rented = ArrayPool<double>.Shared.Rent(FftSize + (2 * BinCount));
        var frame = rented.AsSpan(0, FftSize);
        var frameRe = rented.AsSpan(FftSize, BinCount);
        var frameIm = rented.AsSpan(FftSize + BinCount, BinCount);
        for (var i = 0; i < frames; i++)
        {
            Load(samples, (i * Hop) - padding.Left, padding.Reflect, frame);
            fft.Forward(frame, frameRe, frameIm);
            for (var k = 0; k < BinCount; k++)
            {
                re[(i * BinCount) + k] = (float)frameRe[k];
                im[(i * BinCount) + k] = (float)frameIm[k];
            }
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    /// <summary>The magnitudes of a signal's spectra: sqrt(re² + im² + epsilon).</summary>
    /// <param name="samples">The signal.</param>
    /// <param name="padding">What it is given at its ends.</param>
    /// <param name="epsilon">What keeps the root's gradient finite: 1e-6 in VITS, 1e-9 in NSF-HiFiGAN, 0 elsewhere.</param>
    /// <param name="magnitudes">Room for [frames, bins].</param>
    /// <exception cref="ArgumentException">There is too little room.</exception>
    public void Magnitudes(ReadOnlySpan<float> samples, StftPadding padding, double epsilon, Span<float> magnitudes)
    {
        var frames = FrameCount(samples.Length, padding);
        CheckRoom(magnitudes.Length, frames);
        var rented = ArrayPool<double>.Shared.Rent(FftSize + (2 * BinCount));
        var frame = rented.AsSpan(0, FftSize);
        var re = rented.AsSpan(FftSize, BinCount);
        var im = rented.AsSpan(FftSize + BinCount, BinCount);
        for (var i = 0; i < frames; i++)
        {
            Load(samples, (i * Hop) - padding.Left, padding.Reflect, frame);
            fft.Forward(frame, re, im);
            var row = magnitudes.Slice(i * BinCount, BinCount);
            for (var k = 0; k < row.Length; k++)
                row[k] = (float)Math.Sqrt((re[k] * re[k]) + (im[k] * im[k]) + epsilon);
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    /// <summary>The linear spectrogram of VITS and so-vits-svc (the posterior encoder's input): magnitudes with epsilon 1e-6, <see cref="StftPadding.Vits"/>.</summary>
    /// <param name="samples">The signal.</param>
    /// <returns>[bins, frames], frames being samples / hop.</returns>
    public float[] VitsSpectrogram(ReadOnlySpan<float> samples)
    {
        var padding = StftPadding.Vits(FftSize, Hop);
        var frames = FrameCount(samples.Length, padding);
        var rows = new float[checked(frames * BinCount)];
        Magnitudes(samples, padding, 1e-6, rows);
        var result = new float[rows.Length];
        for (var i = 0; i < frames; i++)
        {
            for (var k = 0; k < BinCount; k++)
                result[(k * frames) + i] = rows[(i * BinCount) + k];
        }

        return result;
    }

    /// <summary>Transforms back: overlap-add, divided by the sum of the squared windows (<c>torch.istft</c>).</summary>
    /// <param name="re">Real parts, [frames, bins].</param>
    /// <param name="im">Imaginary parts, [frames, bins].</param>
    /// <param name="padding">What the signal was given at its ends.</param>
    /// <param name="samples">Room for the signal. Where no window reaches, it is zero.</param>
    /// <exception cref="ArgumentException">The parts are no whole number of frames.</exception>
    public void Inverse(ReadOnlySpan<float> re, ReadOnlySpan<float> im, StftPadding padding, Span<float> samples)
    {
        if (re.Length != im.Length || re.Length % BinCount != 0)
            throw new ArgumentException($"{re.Length} and {im.Length} values are not frames of {BinCount} frequencies.", nameof(re));
        var frames = re.Length / BinCount;
        var sums = new double[samples.Length];
        var weights = new double[samples.Length];
        var frame = new double[FftSize];
        var frameRe = new double[BinCount];
        var frameIm = new double[BinCount];
        for (var i = 0; i < frames; i++)
        {
            for (var k = 0; k < BinCount; k++)
                (frameRe[k], frameIm[k]) = (re[(i * BinCount) + k], im[(i * BinCount) + k]);
            fft.Inverse(frameRe, frameIm, frame);
            var start = (i * Hop) - padding.Left;
            for (var j = Math.Max(0, -start); j < FftSize && start + j < samples.Length; j++)
            {
                sums[start + j] += frame[j] * window[j];
                weights[start + j] += window[j] * window[j];
            }
        }

        for (var i = 0; i < samples.Length; i++)
            samples[i] = weights[i] > 1e-11 ? (float)(sums[i] / weights[i]) : 0;
    }

    void Load(ReadOnlySpan<float> samples, int start, bool reflect, Span<double> frame)
    {
        if (start >= 0 && start + frame.Length <= samples.Length)
        {
            for (var i = 0; i < frame.Length; i++)
                frame[i] = samples[start + i] * window[i];
            return;
        }

        for (var i = 0; i < frame.Length; i++)
        {
            var at = start + i;
            var inside = (uint)at < (uint)samples.Length;
            frame[i] = inside || reflect ? samples[inside ? at : Reflection.Index(at, samples.Length)] * window[i] : 0;
        }
    }

    void CheckRoom(int room, int frames)
    {
        if (room < (long)frames * BinCount)
            throw new ArgumentException($"{frames} frames of {BinCount} frequencies need more room than {room}.");
    }
}
