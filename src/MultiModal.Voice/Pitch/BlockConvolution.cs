using System.Buffers;
using System.Numerics;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Pitch;

/// <summary>
/// Convolves one signal with many filters: overlap-save, A. Oppenheim and R. Schafer, "Discrete-Time Signal Processing", section 8.7. The spectra of the
/// signal's blocks are computed once. The signal is zero outside its ends. Filtering may go on in several threads.
/// </summary>
sealed class BlockConvolution
{
    readonly RealFft fft;
    readonly int maxFilter;
    readonly int step;
    readonly double[][] blocksRe;
    readonly double[][] blocksIm;

    /// <param name="signal">The signal x.</param>
    /// <param name="maxFilter">The longest filter that will be used.</param>
    /// <param name="length">How much of the convolution will be asked for, from its first sample.</param>
    internal BlockConvolution(ReadOnlySpan<double> signal, int maxFilter, int length)
    {
        this.maxFilter = maxFilter;
        var size = 1024;
        while (size < 4 * maxFilter)
            size *= 2;
        fft = new(size);
        step = size - maxFilter + 1;
        var blocks = (length + step - 1) / step;
        blocksRe = new double[blocks][];
        blocksIm = new double[blocks][];
        var time = new double[size];
        for (var block = 0; block < blocks; block++)
        {
            var first = (block * step) - (maxFilter - 1);
            time.AsSpan().Clear();
            var (from, to) = (Math.Max(0, first), Math.Min(signal.Length, first + size));
            if (from < to)
                signal[from..to].CopyTo(time.AsSpan(from - first));
            fft.Forward(time, blocksRe[block] = new double[fft.BinCount], blocksIm[block] = new double[fft.BinCount]);
        }
    }

    /// <summary>Computes result[i] = sum over k of filter[k] x[i + shift - k].</summary>
    internal void Filter(ReadOnlySpan<double> filter, int shift, Span<double> result)
    {
        if (filter.Length > maxFilter)
            throw new ArgumentException($"The filter has {filter.Length} taps, more than {maxFilter}.", nameof(filter));
        var bins = fft.BinCount;
        var rented = ArrayPool<double>.Shared.Rent((4 * bins) + fft.Length);
        var filterRe = rented.AsSpan(0, bins);
        var filterIm = rented.AsSpan(bins, bins);
        var re = rented.AsSpan(2 * bins, bins);
        var im = rented.AsSpan(3 * bins, bins);
        var time = rented.AsSpan(4 * bins, fft.Length);
        fft.Forward(filter, filterRe, filterIm);
        for (var block = shift / step; block < blocksRe.Length; block++)
        {
            var first = (block * step) - shift;
            if (first >= result.Length)
                break;
            Multiply(blocksRe[block], blocksIm[block], filterRe, filterIm, re, im);
            fft.Inverse(re, im, time);
            var from = Math.Max(0, first);
            var to = Math.Min(result.Length, first + step);
            time.Slice(maxFilter - 1 + from - first, to - from).CopyTo(result[from..]);
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    static void Multiply(ReadOnlySpan<double> ar, ReadOnlySpan<double> ai, ReadOnlySpan<double> br, ReadOnlySpan<double> bi, Span<double> re, Span<double> im)
    {
        var k = 0;
        for (; k <= re.Length - Vector<double>.Count; k += Vector<double>.Count)
        {
            var a = new Vector<double>(ar[k..]);
            var b = new Vector<double>(ai[k..]);
            var c = new Vector<double>(br[k..]);
            var d = new Vector<double>(bi[k..]);
            ((a * c) - (b * d)).CopyTo(re[k..]);
            ((a * d) + (b * c)).CopyTo(im[k..]);
        }

        for (; k < re.Length; k++)
        {
            re[k] = (ar[k] * br[k]) - (ai[k] * bi[k]);
            im[k] = (ar[k] * bi[k]) + (ai[k] * br[k]);
        }
    }
}
