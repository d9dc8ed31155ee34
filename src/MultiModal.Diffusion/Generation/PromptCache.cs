namespace MultiModal.Diffusion.Generation;

/// <summary>What text encoders gave for the last prompts. Safe for concurrent use.</summary>
/// <param name="capacity">The most bytes kept.</param>
sealed class PromptCache(long capacity)
{
    readonly Lock gate = new();
    readonly Dictionary<string, LinkedListNode<(string Key, TextStates States)>> entries = new(StringComparer.Ordinal);

    // The last used at the end.
    readonly LinkedList<(string Key, TextStates States)> order = new();
    long bytes;

    /// <summary>Finds what is known of a prompt.</summary>
    public TextStates? Find(string key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var entry)) return null;
            order.Remove(entry);
            order.AddLast(entry);
            return entry.Value.States;
        }
    }

    /// <summary>Keeps a prompt, in the place of those used longest ago.</summary>
    public void Add(string key, TextStates states)
    {
        lock (gate)
        {
            if (states.ByteLength > capacity || entries.ContainsKey(key)) return;
            entries[key] = order.AddLast((key, states));
            bytes += states.ByteLength;
            while (bytes > capacity)
            {
                var (oldest, given) = order.First!.Value;
                order.RemoveFirst();
                entries.Remove(oldest);
                bytes -= given.ByteLength;
            }
        }
    }
}
