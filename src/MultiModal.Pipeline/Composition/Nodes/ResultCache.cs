namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>What a look into the cache found.</summary>
internal enum CacheLook
{
    /// <summary>The value.</summary>
    Known,

    /// <summary>Somebody else is making it.</summary>
    Others,

    /// <summary>Nothing; who asks makes it.</summary>
    Mine,
}

/// <summary>The last results by key, each made once however many ask at the same time.</summary>
internal sealed class ResultCache<TKey, TValue>(CacheOptions options, TimeProvider time)
    where TKey : notnull
{
    readonly Lock gate = new();
    readonly Dictionary<TKey, LinkedListNode<Entry>> known = [];
    readonly LinkedList<Entry> byUse = [];
    readonly Dictionary<TKey, TaskCompletionSource<TValue>> pending = [];

    public (CacheLook Kind, TValue? Value, TaskCompletionSource<TValue> Task) Look(TKey key)
    {
        lock (gate)
        {
            if (known.TryGetValue(key, out var node))
            {
                if (options.Lifetime is not { } lifetime || time.GetElapsedTime(node.Value.Made) < lifetime)
                {
                    byUse.Remove(node);
                    byUse.AddFirst(node);
                    return (CacheLook.Known, node.Value.Value, null!);
                }

                Remove(node);
            }

            if (pending.TryGetValue(key, out var others))
                return (CacheLook.Others, default, others);
            var mine = new TaskCompletionSource<TValue>(TaskCreationOptions.RunContinuationsAsynchronously);
            pending.Add(key, mine);
            return (CacheLook.Mine, default, mine);
        }
    }

    public void Keep(TKey key, TValue value)
    {
        lock (gate)
        {
            pending.Remove(key);
            known[key] = byUse.AddFirst(new Entry(key, value, time.GetTimestamp()));
            if (known.Count > options.Capacity)
                Remove(byUse.Last!);
        }
    }

    public void GiveUp(TKey key)
    {
        lock (gate)
            pending.Remove(key);
    }

    void Remove(LinkedListNode<Entry> node)
    {
        byUse.Remove(node);
        known.Remove(node.Value.Key);
    }

    sealed record Entry(TKey Key, TValue Value, long Made);
}
