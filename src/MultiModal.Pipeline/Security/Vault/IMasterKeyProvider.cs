namespace MultiModal.Pipeline.Security;

/// <summary>Where master keys come from: configuration, a key vault, a hardware module. Implementations are safe for concurrent use.</summary>
public interface IMasterKeyProvider
{
    /// <summary>The key that new recordings are put under.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<MasterKey> GetCurrentAsync(CancellationToken cancellationToken = default);

    /// <summary>A key by its name, also one that is no longer current; null where it is not to be had.</summary>
    /// <param name="id">The key's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<MasterKey?> FindAsync(string id, CancellationToken cancellationToken = default);
}
