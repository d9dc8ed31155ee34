using System.Buffers;
using System.Numerics;

namespace MultiModal.Voice.Signal;

/// <summary>
/// The transform of a real signal of any length as a convolution with a chirp: kn = (k² + n² - (k-n)²) / 2, L. Bluestein, "A linear filtering approach
/// to the computation of discrete Fourier transform", 1970. Immutable.
/// </summary>
sealed class BluesteinFft
{
    readonly int length;
    readonly ComplexFft fft;
    readonly double[] chirpCosines;
    readonly double[] chirpSines;
    readonly double[] kernelRe;
    readonly double[] kernelIm;

    internal BluesteinFft(int length)
    {
        this.length = length;
        fft = new((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, (2 * length) - 1)));
        chirpCosines = new double[length];
        chirpSines = new double[length];
        kernelRe = new double[fft.Length];
        kernelIm = new double[fft.Length];
        for (var i = 0; i < length; i++)
        {
            // i² modulo 2N keeps the angle small and exact.
            var angle = Math.PI * ((long)i * i % (2L * length)) / length;
            (chirpSines[i], chirpCosines[i]) = Math.SinCos(-angle);
            var mirrored = i == 0 ? 0 : fft.Length - i;
            (kernelRe[i], kernelIm[i]) = (chirpCosines[i], -chirpSines[i]);
            (kernelRe[mirrored], kernelIm[mirrored]) = (chirpCosines[i], -chirpSines[i]);
        }

        fft.Transform(kernelRe, kernelIm, new double[2 * fft.Length]);
    }

    internal void Forward(ReadOnlySpan<double> signal, Span<double> re, Span<double> im)
    {
        var m = fft.Length;
        var rented = ArrayPool<double>.Shared.Rent(4 * m);
        var ar = rented.AsSpan(0, m);
        var ai = rented.AsSpan(m, m);
        var scratch = rented.AsSpan(2 * m, 2 * m);
        ar.Clear();
        ai.Clear();
        for (var n = 0; n < signal.Length; n++)
            (ar[n], ai[n]) = (signal[n] * chirpCosines[n], signal[n] * chirpSines[n]);
        Convolve(ar, ai, scratch);
        for (var k = 0; k < re.Length; k++)
        {
            re[k] = (ar[k] * chirpCosines[k]) - (ai[k] * chirpSines[k]);
            im[k] = (ar[k] * chirpSines[k]) + (ai[k] * chirpCosines[k]);
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    internal void Inverse(ReadOnlySpan<double> re, ReadOnlySpan<double> im, Span<double> signal)
    {
        var m = fft.Length;
        var rented = ArrayPool<double>.Shared.Rent(4 * m);
        var ar = rented.AsSpan(0, m);
        var ai = rented.AsSpan(m, m);
        var scratch = rented.AsSpan(2 * m, 2 * m);
        ar.Clear();
        ai.Clear();
        for (var k = 0; k < length; k++)
        {
            // The conjugate of the whole spectrum, transformed forward, is the conjugate of the signal times N, and the signal is real.
            var bin = Math.Min(k, length - k);
            var isReal = bin == 0 || 2 * bin == length;
            var (r, i) = (re[bin], isReal ? 0 : k == bin ? -im[bin] : im[bin]);
            ar[k] = (r * chirpCosines[k]) - (i * chirpSines[k]);
            ai[k] = (r * chirpSines[k]) + (i * chirpCosines[k]);
        }

        Convolve(ar, ai, scratch);
        for (var n = 0; n < signal.Length; n++)
            signal[n] = ((ar[n] * chirpCosines[n]) - (ai[n] * chirpSines[n])) / length;
        ArrayPool<double>.Shared.Return(rented);
    }

    void Convolve(Span<double> re, Span<double> im, Span<double> scratch)
    {
        fft.Transform(re, im, scratch);
        for (var i = 0; i < re.Length; i++)
            (re[i], im[i]) = ((re[i] * kernelRe[i]) - (im[i] * kernelIm[i]), (re[i] * kernelIm[i]) + (im[i] * kernelRe[i]));
        fft.Transform(im, re, scratch);
        var scale = 1.0 / re.Length;
        for (var i = 0; i < re.Length; i++)
        {
            re[i] *= scale;
            im[i] *= scale;
        }
    }
}
