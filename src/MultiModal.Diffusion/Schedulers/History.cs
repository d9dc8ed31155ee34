namespace MultiModal.Diffusion.Schedulers;

/// <summary>The last few model outputs of a run, newest first, in buffers that are used again.</summary>
sealed class History<T>(T[] items)
{
    int newest = -1;

    /// <summary>How many are held, at most as many as there are buffers.</summary>
    public int Count { get; private set; }

    /// <summary>The item pushed last (0), the one before (1), and so on.</summary>
    public T this[int age]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(age, Count);
            return items[(newest - age + items.Length) % items.Length];
        }
    }

    /// <summary>Makes room for a new item and gives its buffer, which holds the oldest one's contents.</summary>
    public T Push()
    {
        newest = (newest + 1) % items.Length;
        Count = Math.Min(Count + 1, items.Length);
        return items[newest];
    }
}

/// <summary>Makes histories.</summary>
static class History
{
    public static History<float[]> OfBuffers(int count, int length)
    {
        var buffers = new float[count][];
        for (var i = 0; i < count; i++)
            buffers[i] = new float[length];
        return new(buffers);
    }
}
