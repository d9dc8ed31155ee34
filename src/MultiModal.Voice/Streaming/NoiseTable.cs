using MultiModal.Runtime.Random;

namespace MultiModal.Voice.Streaming;

/// <summary>Normal numbers for a stream, taken from a table at random places: a block's noise costs a copy.</summary>
sealed class NoiseTable
{
    // Eight times what the longest draw takes, so that neighbouring frames seldom have anything in common.
    const int Size = 1 << 18;

    readonly TorchRandom random;
    readonly float[] values = new float[Size];

    /// <summary>Makes the table.</summary>
    /// <param name="seed">The seed; the same gives the same numbers in the same order.</param>
    public NoiseTable(ulong seed)
    {
        random = new(seed);
        random.Normal(values);
    }

    /// <summary>Draws numbers.</summary>
    public void Fill(Span<float> destination)
    {
        while (!destination.IsEmpty)
        {
            var start = (int)(random.NextUInt32() % Size);
            var count = Math.Min(destination.Length, Size - start);
            values.AsSpan(start, count).CopyTo(destination);
            destination = destination[count..];
        }
    }

    /// <summary>A phase in turns, 0 to 1.</summary>
    public double NextPhase() => random.NextUInt32() / (double)uint.MaxValue;
}
