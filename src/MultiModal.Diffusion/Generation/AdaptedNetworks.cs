namespace MultiModal.Diffusion.Generation;

/// <summary>Networks with adapters merged in, the last used ones, kept for the next request that wants the same. Not safe for concurrent use.</summary>
/// <param name="capacity">How many are kept.</param>
sealed class AdaptedNetworks(int capacity)
{
    // The last used at the end.
    readonly List<(string Key, HeldNetwork Network)> kept = [];

    /// <summary>Holds one that is there and does; null otherwise, and room is made for it: what is in memory twice is not of use.</summary>
    public HeldNetwork.Lease? TryHold(string key, Func<UNetForm, bool> serves)
    {
        var at = kept.FindIndex(k => k.Key == key && serves(k.Network.Form));
        if (at < 0)
        {
            KeepAtMost(capacity - 1);
            return null;
        }

        var found = kept[at];
        kept.RemoveAt(at);
        kept.Add(found);
        return found.Network.TryHold();
    }

    /// <summary>Keeps one, in the place of what was used longest ago, and holds it.</summary>
    public HeldNetwork.Lease Add(string key, HeldNetwork network)
    {
        var lease = network.TryHold()!;
        kept.Add((key, network));
        KeepAtMost(capacity);
        return lease;
    }

    void KeepAtMost(int count)
    {
        while (kept.Count > Math.Max(count, 0))
        {
            kept[0].Network.Retire();
            kept.RemoveAt(0);
        }
    }

    /// <summary>Keeps none any longer; those in use go when they are let go of.</summary>
    public void Clear()
    {
        foreach (var (_, network) in kept) network.Retire();
        kept.Clear();
    }
}
