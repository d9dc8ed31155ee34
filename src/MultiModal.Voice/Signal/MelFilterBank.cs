using System.Numerics;

namespace MultiModal.Voice.Signal;

/// <summary>Triangles of equal area, evenly spaced on a mel scale: librosa's <c>filters.mel</c> with <c>norm="slaney"</c>. Immutable.</summary>
public sealed class MelFilterBank
{
    readonly float[][] weights;
    readonly int[] starts;

    /// <summary>Makes the filters.</summary>
    /// <param name="sampleRate">The rate of the signal, in Hz.</param>
    /// <param name="fftSize">Samples of a frame.</param>
    /// <param name="mels">The number of filters.</param>
    /// <param name="lowest">Where the first begins, in Hz.</param>
    /// <param name="highest">Where the last ends, in Hz; half the sample rate when null.</param>
    /// <param name="scale">The mel scale.</param>
    public MelFilterBank(int sampleRate, int fftSize, int mels, double lowest = 0, double? highest = null, MelScale scale = MelScale.Slaney)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(fftSize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(mels, 1);
        var top = highest ?? sampleRate / 2.0;
        if (!(lowest >= 0 && top > lowest))
            throw new ArgumentException($"Filters cannot reach from {lowest} to {top} Hz.", nameof(highest));
        (MelCount, BinCount) = (mels, (fftSize / 2) + 1);
        weights = new float[mels][];
        starts = new int[mels];
        var edges = Edges(mels + 2, lowest, top, scale);
        for (var mel = 0; mel < mels; mel++)
        {
            var row = new float[BinCount];
            var area = 2 / (edges[mel + 2] - edges[mel]);
            for (var bin = 0; bin < BinCount; bin++)
            {
                var frequency = (double)bin * sampleRate / fftSize;
                var rising = (frequency - edges[mel]) / (edges[mel + 1] - edges[mel]);
                var falling = (edges[mel + 2] - frequency) / (edges[mel + 2] - edges[mel + 1]);
                row[bin] = (float)((float)Math.Max(0, Math.Min(rising, falling)) * area);
            }

            var first = row.AsSpan().IndexOfAnyExcept(0f);
            starts[mel] = Math.Max(0, first);
            weights[mel] = first < 0 ? [] : row[first..(row.AsSpan().LastIndexOfAnyExcept(0f) + 1)];
        }
    }

    /// <summary>The number of filters.</summary>
    public int MelCount { get; }

    /// <summary>The number of frequencies a frame must have.</summary>
    public int BinCount { get; }

    /// <summary>What each filter lets through of one frame.</summary>
    /// <param name="magnitudes">The frame's magnitudes, <see cref="BinCount"/> of them.</param>
    /// <param name="mels">Room for <see cref="MelCount"/> values.</param>
    public void Apply(ReadOnlySpan<float> magnitudes, Span<float> mels)
    {
        if (magnitudes.Length != BinCount || mels.Length < MelCount)
            throw new ArgumentException($"{BinCount} magnitudes become {MelCount} mels; there are {magnitudes.Length} and room for {mels.Length}.");
        for (var mel = 0; mel < MelCount; mel++)
            mels[mel] = Dot(magnitudes.Slice(starts[mel], weights[mel].Length), weights[mel]);
    }

    /// <summary>The filters as a matrix, [mels, bins], row-major.</summary>
    public float[] ToMatrix()
    {
        var matrix = new float[MelCount * BinCount];
        for (var mel = 0; mel < MelCount; mel++)
            weights[mel].CopyTo(matrix, (mel * BinCount) + starts[mel]);
        return matrix;
    }

    /// <summary>Frequencies in Hz, evenly spaced in mels.</summary>
    static double[] Edges(int count, double lowest, double highest, MelScale scale)
    {
        var (from, to) = (ToMel(lowest, scale), ToMel(highest, scale));
        var edges = new double[count];
        for (var i = 0; i < count; i++)
            edges[i] = ToHertz(from + ((to - from) * i / (count - 1)), scale);
        return edges;
    }

    static readonly double LogStep = Math.Log(6.4) / 27;

    static double ToMel(double hertz, MelScale scale) =>
        scale == MelScale.Htk ? 2595 * Math.Log10(1 + (hertz / 700)) : hertz < 1000 ? hertz * 3 / 200 : 15 + (Math.Log(hertz / 1000) / LogStep);

    static double ToHertz(double mel, MelScale scale) =>
        scale == MelScale.Htk ? 700 * (Math.Pow(10, mel / 2595) - 1) : mel < 15 ? mel * 200 / 3 : 1000 * Math.Exp((mel - 15) * LogStep);

    static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> w)
    {
        var total = Vector<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            total += new Vector<float>(x[i..]) * new Vector<float>(w[i..]);
        var sum = Vector.Sum(total);
        for (; i < x.Length; i++)
            sum += x[i] * w[i];
        return sum;
    }
}
