namespace MultiModal.Pipeline.Composition;

/// <summary>A place in a limited step, held by one strand or by several that came out of a fork.</summary>
internal sealed class Hold(SemaphoreSlim place)
{
    int strands = 1;

    /// <summary>Says that so many strands hold the place from now on, each of which will release it.</summary>
    public void Share(int count) => Interlocked.Add(ref strands, count - 1);

    public void Release()
    {
        if (Interlocked.Decrement(ref strands) == 0)
            place.Release();
    }
}
