using System.Numerics;

namespace MultiModal.Voice.Signal;

/// <summary>
/// Joins blocks of converted sound so that their waves fall on each other ("synchronised overlap-add", S. Roucos and A. Wilgus, 1985): a new block is
/// shifted by up to the search range to where it resembles the end of the last one most, and faded in there. For one stream; allocates nothing.
/// </summary>
public sealed class Sola
{
    readonly float[] tail;
    readonly float[] rise;

    /// <summary>Makes the joint for one stream.</summary>
    /// <param name="crossfade">Samples faded, at least 1.</param>
    /// <param name="search">The largest shift, in samples; 0 or more.</param>
    public Sola(int crossfade, int search)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(crossfade, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(search);
        CrossfadeLength = crossfade;
        SearchRange = search;
        tail = new float[crossfade];
        rise = new float[crossfade];
        for (var i = 0; i < crossfade; i++)
        {
            var s = MathF.Sin(MathF.PI / 2 * i / crossfade);
            rise[i] = s * s;
        }
    }

    /// <summary>Samples faded.</summary>
    public int CrossfadeLength { get; }

    /// <summary>The largest shift, in samples.</summary>
    public int SearchRange { get; }

    /// <summary>The shift chosen for the last block, in samples.</summary>
    public int LastShift { get; private set; }

    /// <summary>Joins the next block.</summary>
    /// <param name="block">The output's length plus <see cref="CrossfadeLength"/> plus <see cref="SearchRange"/> samples; the first ones are a second
    /// version of what the last block ended with.</param>
    /// <param name="output">What to play. The crossfade at the end of the block is kept for the next.</param>
    /// <exception cref="ArgumentException">The block is of another length, or the output shorter than the crossfade.</exception>
    public void Join(ReadOnlySpan<float> block, Span<float> output)
    {
        if (block.Length != output.Length + CrossfadeLength + SearchRange || output.Length < CrossfadeLength)
            throw new ArgumentException($"An output of {output.Length} samples takes a block of {output.Length + CrossfadeLength + SearchRange}, not {block.Length}.");
        LastShift = FindShift(block);
        var shifted = block[LastShift..];
        shifted[..output.Length].CopyTo(output);
        for (var i = 0; i < CrossfadeLength; i++)
            output[i] = tail[i] + ((output[i] - tail[i]) * rise[i]);
        shifted.Slice(output.Length, CrossfadeLength).CopyTo(tail);
    }

    /// <summary>Forgets what was played.</summary>
    public void Reset()
    {
        tail.AsSpan().Clear();
        LastShift = 0;
    }

    /// <summary>The shift of the largest normalised cross-correlation.</summary>
    int FindShift(ReadOnlySpan<float> block)
    {
        var energy = 1e-8;
        for (var i = 0; i < CrossfadeLength; i++)
            energy += (double)block[i] * block[i];
        var (best, bestScore) = (0, double.NegativeInfinity);
        for (var shift = 0; shift <= SearchRange; shift++)
        {
            var score = Dot(block.Slice(shift, CrossfadeLength), tail) / Math.Sqrt(Math.Max(energy, 1e-8));
            if (score > bestScore)
                (best, bestScore) = (shift, score);
            if (shift < SearchRange)
                energy += ((double)block[shift + CrossfadeLength] * block[shift + CrossfadeLength]) - ((double)block[shift] * block[shift]);
        }

        return best;
    }

    static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(x[i..]) * new Vector<float>(y[i..]);
        double total = Vector.Sum(sum);
        for (; i < x.Length; i++)
            total += x[i] * y[i];
        return total;
    }
}
