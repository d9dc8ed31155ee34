namespace MultiModal.Pipeline.Security;

/// <summary>Master keys in memory, the current one first.</summary>
public sealed class MasterKeyRing : IMasterKeyProvider
{
    readonly MasterKey[] keys;

    /// <summary>A ring of keys.</summary>
    /// <param name="keys">The current key, then older ones that recordings may still be under.</param>
    /// <exception cref="ArgumentException">There is none, or two have the same name.</exception>
    public MasterKeyRing(params IEnumerable<MasterKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        this.keys = [.. keys];
        if (this.keys.Length == 0) throw new ArgumentException("A ring needs at least one master key.", nameof(keys));
        if (this.keys.DistinctBy(k => k.Id).Count() < this.keys.Length) throw new ArgumentException("Two master keys have the same name.", nameof(keys));
    }

    /// <inheritdoc/>
    public ValueTask<MasterKey> GetCurrentAsync(CancellationToken cancellationToken = default) => new(keys[0]);

    /// <inheritdoc/>
    public ValueTask<MasterKey?> FindAsync(string id, CancellationToken cancellationToken = default) => new(Array.Find(keys, k => k.Id == id));
}
