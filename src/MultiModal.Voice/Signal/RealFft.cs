using System.Buffers;
using System.Numerics;

namespace MultiModal.Voice.Signal;

/// <summary>
/// The discrete Fourier transform of real signals of one length: X[k] = sum over n of x[n] exp(-2 pi i k n / N), for k = 0 ... N/2. Powers of two are
/// fastest; any other length goes through Bluestein's algorithm (L. Bluestein, 1970). An instance never changes and may be shared by threads.
/// </summary>
public sealed class RealFft
{
    readonly ComplexFft? half;          // powers of two: pairs of samples as complex numbers, half the length
    readonly double[] turnCosines = [];
    readonly double[] turnSines = [];
    readonly BluesteinFft? any;

    /// <summary>Prepares the transform.</summary>
    /// <param name="length">The number of samples, 1 to 2^27.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is outside its range.</exception>
    public RealFft(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 1 << 27);
        Length = length;
        if (length < 2 || !BitOperations.IsPow2(length))
        {
            any = new(length);
            return;
        }

        half = new(length / 2);
        turnCosines = new double[(length / 4) + 1];
        turnSines = new double[(length / 4) + 1];
        for (var k = 0; k < turnCosines.Length; k++)
            (turnSines[k], turnCosines[k]) = Math.SinCos(-2 * Math.PI * k / length);
    }

    /// <summary>The number of samples.</summary>
    public int Length { get; }

    /// <summary>The number of frequencies, N/2 + 1 (rounded down).</summary>
    public int BinCount => (Length / 2) + 1;

    /// <summary>Transforms a signal.</summary>
    /// <param name="signal">At most <see cref="Length"/> samples; what is missing counts as zeros.</param>
    /// <param name="re">Room for the real parts, <see cref="BinCount"/> of them.</param>
    /// <param name="im">Room for the imaginary parts.</param>
    public void Forward(ReadOnlySpan<double> signal, Span<double> re, Span<double> im)
    {
        if (signal.Length > Length || re.Length < BinCount || im.Length < BinCount)
            throw new ArgumentException($"A transform of {Length} samples takes at most as many and returns {BinCount} frequencies.");
        if (half is null)
        {
            any!.Forward(signal, re[..BinCount], im[..BinCount]);
            return;
        }

        var n = half.Length;
        var rented = ArrayPool<double>.Shared.Rent(4 * n);
        var zr = rented.AsSpan(0, n);
        var zi = rented.AsSpan(n, n);
        var scratch = rented.AsSpan(2 * n, 2 * n);
        var pairs = signal.Length / 2;
        for (var i = 0; i < pairs; i++)
            (zr[i], zi[i]) = (signal[2 * i], signal[(2 * i) + 1]);
        zr[pairs..].Clear();
        zi[pairs..].Clear();
        if ((signal.Length & 1) != 0)
            zr[pairs] = signal[^1];
        half.Transform(zr, zi, scratch);

        // Z = E + iO, the transforms of even and odd samples; X[k] = E[k] + w^k O[k], and E, O follow from the symmetry of real signals.
        re[0] = zr[0] + zi[0];
        im[0] = 0;
        re[n] = zr[0] - zi[0];
        im[n] = 0;
        for (var k = 1; k <= n / 2; k++)
        {
            var (evenR, evenI) = ((zr[k] + zr[n - k]) / 2, (zi[k] - zi[n - k]) / 2);
            var (oddR, oddI) = ((zi[k] + zi[n - k]) / 2, (zr[n - k] - zr[k]) / 2);
            var turnedR = (oddR * turnCosines[k]) - (oddI * turnSines[k]);
            var turnedI = (oddI * turnCosines[k]) + (oddR * turnSines[k]);
            (re[k], im[k]) = (evenR + turnedR, evenI + turnedI);
            (re[n - k], im[n - k]) = (evenR - turnedR, turnedI - evenI);
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    /// <summary>Transforms back, with the factor 1/N, so that it undoes <see cref="Forward"/>.</summary>
    /// <param name="re">Real parts, <see cref="BinCount"/> of them.</param>
    /// <param name="im">Imaginary parts; those of the first and (of an even length) the last frequency do not count.</param>
    /// <param name="signal">Room for <see cref="Length"/> samples.</param>
    public void Inverse(ReadOnlySpan<double> re, ReadOnlySpan<double> im, Span<double> signal)
    {
        if (re.Length < BinCount || im.Length < BinCount || signal.Length < Length)
            throw new ArgumentException($"A transform of {Length} samples goes back from {BinCount} frequencies.");
        if (half is null)
        {
            any!.Inverse(re[..BinCount], im[..BinCount], signal[..Length]);
            return;
        }

        var n = half.Length;
        var rented = ArrayPool<double>.Shared.Rent(4 * n);
        var zr = rented.AsSpan(0, n);
        var zi = rented.AsSpan(n, n);
        var scratch = rented.AsSpan(2 * n, 2 * n);
        (zr[0], zi[0]) = ((re[0] + re[n]) / 2, (re[0] - re[n]) / 2);
        for (var k = 1; k <= n / 2; k++)
        {
            var (evenR, evenI) = ((re[k] + re[n - k]) / 2, (im[k] - im[n - k]) / 2);
            var (turnedR, turnedI) = ((re[k] - re[n - k]) / 2, (im[k] + im[n - k]) / 2);
            var oddR = (turnedR * turnCosines[k]) + (turnedI * turnSines[k]);
            var oddI = (turnedI * turnCosines[k]) - (turnedR * turnSines[k]);
            (zr[k], zi[k]) = (evenR - oddI, evenI + oddR);
            (zr[n - k], zi[n - k]) = (evenR + oddI, oddR - evenI);
        }

        // Parts swapped in and out: the inverse.
        half.Transform(zi, zr, scratch);
        var scale = 1.0 / n;
        for (var i = 0; i < n; i++)
        {
            signal[2 * i] = zr[i] * scale;
            signal[(2 * i) + 1] = zi[i] * scale;
        }

        ArrayPool<double>.Shared.Return(rented);
    }
}
