namespace MultiModal.Runtime.Sessions;

/// <summary>
/// Keeps the last block of changed weights that was let go of, for the next change: memory that was touched before is there at once, where fresh
/// memory costs as long as the change itself. Safe for concurrent use.
/// </summary>
sealed class SpareBlock : IDisposable
{
    readonly Lock gate = new();
    WeightBlock? spare;
    bool isClosed;

    /// <summary>The block, if it is large enough and not much too large; otherwise none, and it is freed before another is made.</summary>
    public WeightBlock? Take(long bytes)
    {
        WeightBlock? found;
        lock (gate) (found, spare) = (spare, null);
        if (found is null || (found.ByteLength >= bytes && found.ByteLength <= bytes + (bytes / 4))) return found;
        found.Dispose();
        return null;
    }

    /// <summary>Gives a block back.</summary>
    public void Offer(WeightBlock block)
    {
        WeightBlock? surplus;
        lock (gate) (surplus, spare) = isClosed ? (block, null) : (spare, block);
        surplus?.Dispose();
    }

    public void Dispose()
    {
        WeightBlock? last;
        lock (gate) (last, spare, isClosed) = (spare, null, true);
        last?.Dispose();
    }
}
