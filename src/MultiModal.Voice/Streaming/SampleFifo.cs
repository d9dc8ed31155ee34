namespace MultiModal.Voice.Streaming;

/// <summary>Samples in the order they came, within a capacity.</summary>
/// <param name="capacity">The most samples it holds.</param>
sealed class SampleFifo(int capacity)
{
    readonly float[] values = new float[capacity];
    int start;

    /// <summary>How many samples it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Appends samples.</summary>
    public void Write(ReadOnlySpan<float> samples)
    {
        if (samples.Length > capacity - Count) throw new InvalidOperationException($"{Count} of {capacity} samples are held; {samples.Length} more do not fit.");
        if (start + Count + samples.Length > capacity)
        {
            values.AsSpan(start, Count).CopyTo(values);
            start = 0;
        }

        samples.CopyTo(values.AsSpan(start + Count));
        Count += samples.Length;
    }

    /// <summary>Takes the oldest samples; what is missing comes as silence before them.</summary>
    /// <returns>How many were missing.</returns>
    public int Read(Span<float> destination)
    {
        var missing = Math.Max(0, destination.Length - Count);
        destination[..missing].Clear();
        var taken = destination.Length - missing;
        values.AsSpan(start, taken).CopyTo(destination[missing..]);
        start += taken;
        Count -= taken;
        return missing;
    }

    /// <summary>Empties it.</summary>
    public void Clear() => (start, Count) = (0, 0);
}
