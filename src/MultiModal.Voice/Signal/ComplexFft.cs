using System.Numerics;
using System.Runtime.InteropServices;

namespace MultiModal.Voice.Signal;

/// <summary>
/// The discrete Fourier transform of a power of two of complex numbers, real and imaginary parts apart: Stockham's self-sorting algorithm with radix 4
/// (C. Temperton, "Self-sorting mixed-radix fast Fourier transforms", 1983). The inner loop runs over neighbours in memory, so it is vector code
/// from the second pass on. Immutable.
/// </summary>
sealed class ComplexFft
{
    readonly double[] cosines;
    readonly double[] sines;

    internal ComplexFft(int length)
    {
        if (!BitOperations.IsPow2(length))
            throw new ArgumentException($"{length} is not a power of two.", nameof(length));
        Length = length;
        cosines = new double[length];
        sines = new double[length];
        for (var i = 0; i < length; i++)
            (sines[i], cosines[i]) = Math.SinCos(-2 * Math.PI * i / length);
    }

    internal int Length { get; }

    /// <summary>Transforms in place, forward and without scaling. Swapping the two parts of input and output makes it the inverse.</summary>
    /// <param name="re">Real parts.</param>
    /// <param name="im">Imaginary parts.</param>
    /// <param name="scratch">Twice <see cref="Length"/> numbers of room.</param>
    internal void Transform(Span<double> re, Span<double> im, Span<double> scratch)
    {
        var xr = re[..Length];
        var xi = im[..Length];
        var yr = scratch[..Length];
        var yi = scratch.Slice(Length, Length);
        var inScratch = false;
        var stride = 1;
        var n = Length;
        for (; n >= 4; n /= 4, stride *= 4)
        {
            if (stride == 1)
                FirstPass(xr, xi, yr, yi);
            else
                Pass(xr, xi, yr, yi, n, stride);
            var swapR = xr;
            var swapI = xi;
            xr = yr;
            xi = yi;
            yr = swapR;
            yi = swapI;
            inScratch = !inScratch;
        }

        if (n == 2)
        {
            for (var q = 0; q < stride; q++)
            {
                var (ar, ai, br, bi) = (xr[q], xi[q], xr[q + stride], xi[q + stride]);
                (yr[q], yi[q], yr[q + stride], yi[q + stride]) = (ar + br, ai + bi, ar - br, ai - bi);
            }

            xr = yr;
            xi = yi;
            inScratch = !inScratch;
        }

        if (inScratch)
        {
            xr.CopyTo(re);
            xi.CopyTo(im);
        }
    }

    void FirstPass(ReadOnlySpan<double> xr, ReadOnlySpan<double> xi, Span<double> yr, Span<double> yi)
    {
        var quarter = Length / 4;
        var ar = xr[..quarter];
        var br = xr.Slice(quarter, quarter);
        var cr = xr.Slice(2 * quarter, quarter);
        var dr = xr.Slice(3 * quarter, quarter);
        var ai = xi[..quarter];
        var bi = xi.Slice(quarter, quarter);
        var ci = xi.Slice(2 * quarter, quarter);
        var di = xi.Slice(3 * quarter, quarter);
        for (var p = 0; p < ar.Length; p++)
        {
            var (sumR, sumI, differenceR, differenceI) = (ar[p] + cr[p], ai[p] + ci[p], ar[p] - cr[p], ai[p] - ci[p]);
            var (otherR, otherI, turnedR, turnedI) = (br[p] + dr[p], bi[p] + di[p], di[p] - bi[p], br[p] - dr[p]);
            yr[4 * p] = sumR + otherR;
            yi[4 * p] = sumI + otherI;
            var (r, i) = (differenceR - turnedR, differenceI - turnedI);
            yr[(4 * p) + 1] = (cosines[p] * r) - (sines[p] * i);
            yi[(4 * p) + 1] = (cosines[p] * i) + (sines[p] * r);
            (r, i) = (sumR - otherR, sumI - otherI);
            yr[(4 * p) + 2] = (cosines[2 * p] * r) - (sines[2 * p] * i);
            yi[(4 * p) + 2] = (cosines[2 * p] * i) + (sines[2 * p] * r);
            (r, i) = (differenceR + turnedR, differenceI + turnedI);
            yr[(4 * p) + 3] = (cosines[3 * p] * r) - (sines[3 * p] * i);
            yi[(4 * p) + 3] = (cosines[3 * p] * i) + (sines[3 * p] * r);
        }
    }

    void Pass(ReadOnlySpan<double> xr, ReadOnlySpan<double> xi, Span<double> yr, Span<double> yi, int n, int stride)
    {
        var quarter = n / 4;
        for (var p = 0; p < quarter; p++)
        {
            // Twiddle factors of this length are every (Length / n)-th of the longest, and Length / n is the stride.
            var (w1, w2, w3) = (p * stride, 2 * p * stride, 3 * p * stride);
            var (c1, s1, c2, s2, c3, s3) = (cosines[w1], sines[w1], cosines[w2], sines[w2], cosines[w3], sines[w3]);
            var from = stride * p;
            var step = stride * quarter;
            Butterflies(
                xr.Slice(from, stride), xi.Slice(from, stride), xr.Slice(from + step, stride), xi.Slice(from + step, stride),
                xr.Slice(from + (2 * step), stride), xi.Slice(from + (2 * step), stride), xr.Slice(from + (3 * step), stride), xi.Slice(from + (3 * step), stride),
                yr.Slice(4 * from, 4 * stride), yi.Slice(4 * from, 4 * stride), c1, s1, c2, s2, c3, s3);
        }
    }

    static void Butterflies(
        ReadOnlySpan<double> ar, ReadOnlySpan<double> ai, ReadOnlySpan<double> br, ReadOnlySpan<double> bi,
        ReadOnlySpan<double> cr, ReadOnlySpan<double> ci, ReadOnlySpan<double> dr, ReadOnlySpan<double> di,
        Span<double> yr, Span<double> yi, double c1, double s1, double c2, double s2, double c3, double s3)
    {
        var stride = ar.Length;
        var width = Vector<double>.Count;
        var q = 0;
        for (; q <= stride - width; q += width)
        {
            var (a, b, c, d) = (Load(ar, q), Load(br, q), Load(cr, q), Load(dr, q));
            var (e, f, g, h) = (Load(ai, q), Load(bi, q), Load(ci, q), Load(di, q));
            var (sumR, sumI, differenceR, differenceI) = (a + c, e + g, a - c, e - g);
            var (otherR, otherI, turnedR, turnedI) = (b + d, f + h, h - f, b - d);
            Store(yr, q, sumR + otherR);
            Store(yi, q, sumI + otherI);
            var (r, i) = (differenceR - turnedR, differenceI - turnedI);
            Store(yr, q + stride, (r * c1) - (i * s1));
            Store(yi, q + stride, (i * c1) + (r * s1));
            (r, i) = (sumR - otherR, sumI - otherI);
            Store(yr, q + (2 * stride), (r * c2) - (i * s2));
            Store(yi, q + (2 * stride), (i * c2) + (r * s2));
            (r, i) = (differenceR + turnedR, differenceI + turnedI);
            Store(yr, q + (3 * stride), (r * c3) - (i * s3));
            Store(yi, q + (3 * stride), (i * c3) + (r * s3));
        }

        for (; q < stride; q++)
        {
            var (sumR, sumI, differenceR, differenceI) = (ar[q] + cr[q], ai[q] + ci[q], ar[q] - cr[q], ai[q] - ci[q]);
            var (otherR, otherI, turnedR, turnedI) = (br[q] + dr[q], bi[q] + di[q], di[q] - bi[q], br[q] - dr[q]);
            (yr[q], yi[q]) = (sumR + otherR, sumI + otherI);
            var (r, i) = (differenceR - turnedR, differenceI - turnedI);
            (yr[q + stride], yi[q + stride]) = ((r * c1) - (i * s1), (i * c1) + (r * s1));
            (r, i) = (sumR - otherR, sumI - otherI);
            (yr[q + (2 * stride)], yi[q + (2 * stride)]) = ((r * c2) - (i * s2), (i * c2) + (r * s2));
            (r, i) = (differenceR + turnedR, differenceI + turnedI);
            (yr[q + (3 * stride)], yi[q + (3 * stride)]) = ((r * c3) - (i * s3), (i * c3) + (r * s3));
        }
    }

    static Vector<double> Load(ReadOnlySpan<double> values, int at) => Vector.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)at);

    static void Store(Span<double> values, int at, Vector<double> value) => value.StoreUnsafe(ref MemoryMarshal.GetReference(values), (nuint)at);
}
