using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace MultiModal.Pipeline.Security;

/// <summary>
/// Keeps recordings of voices encrypted, and only for a time: AES-256-GCM in chunks under a key per recording, which a master key wraps.
/// When a recording expires or is deleted, its key is destroyed first, so that whatever is left of it is noise. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Nothing is written in plain, ever, and nothing is given out before its tag has been checked. A recording exists when
/// <see cref="SaveAsync"/> has returned, also if the process is killed in the next instant; before, it does not exist at all.
/// </remarks>
public sealed class VoiceVault
{
    readonly IVaultStore store;
    readonly IMasterKeyProvider keys;
    readonly VoiceVaultOptions options;
    readonly TimeProvider time;

    /// <summary>A vault over a store.</summary>
    /// <param name="store">Where the bytes are.</param>
    /// <param name="keys">The master keys.</param>
    /// <param name="options">Lifetimes and limits; null for the defaults. The folder and the keys in it are not read here.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public VoiceVault(IVaultStore store, IMasterKeyProvider keys, VoiceVaultOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(keys);
        (this.store, this.keys, this.options, this.time) = (store, keys, options ?? new(), time ?? TimeProvider.System);
    }

    /// <summary>Stores a recording.</summary>
    /// <param name="recording">The recording in plain, read to its end. Only a few chunks of it are in memory at a time.</param>
    /// <param name="about">What it is and how long it is kept; null for a WAV file and the vault's lifetime.</param>
    /// <param name="cancellationToken">Gives up; nothing stays.</param>
    /// <returns>The recording, stored for good: on the disk, not in a cache.</returns>
    /// <exception cref="ArgumentException">It is larger than allowed, or the lifetime or a label is out of range.</exception>
    public async Task<VaultEntry> SaveAsync(Stream recording, VaultSaveOptions? about = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recording);
        about ??= new();
        var lifetime = Check(about);
        var master = await keys.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var key = RandomNumberGenerator.GetBytes(MasterKey.Length);
        try
        {
            var length = 0L;
            var header = SealedFormat.NewHeader(RandomNumberGenerator.GetBytes(8));
            await store.WriteContentAsync(
                id, async (target, stop) => length = await SealingWriter.WriteAsync(recording, target, id, key, header, options.LargestRecording, stop).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);

            // The clock starts when the recording is there. Its key comes last: with it, the recording exists.
            var created = time.GetUtcNow();
            var record = KeyRecord.Wrap(
                id, master, created + lifetime, key, new(length, created.ToUnixTimeMilliseconds(), about.ContentType, new(about.Labels)));
            await store.WriteKeyAsync(id, record.Bytes, cancellationToken).ConfigureAwait(false);
            return Entry(record, new(length, created.ToUnixTimeMilliseconds(), about.ContentType, new(about.Labels)));
        }
        catch
        {
            await store.DestroyAsync(id, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Opens a recording for reading.</summary>
    /// <param name="id">The recording.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The recording in plain, front to back; reading throws <see cref="VaultTamperedException"/> at the first chunk that is not as it was stored.</returns>
    /// <exception cref="VaultNotFoundException">There is none.</exception>
    /// <exception cref="VaultExpiredException">Its time is over.</exception>
    /// <exception cref="VaultTamperedException">Its key record, header or length is not as it was stored.</exception>
    /// <exception cref="VaultKeyMissingException">Its master key is not at hand.</exception>
    public async Task<Stream> OpenAsync(string id, CancellationToken cancellationToken = default)
    {
        var (record, key, description) = await UnwrapAsync(id, cancellationToken).ConfigureAwait(false);
        try
        {
            if (record.ExpiresAt <= time.GetUtcNow()) throw new VaultExpiredException(id, record.ExpiresAt);
            var content = await store.OpenContentAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new VaultTamperedException(id, "recording (it is gone)");
            return await UnsealingStream.OpenAsync(content, id, key, description.Length, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>What is known of a recording; null where there is none. Expired ones that are not purged yet are found too.</summary>
    /// <param name="id">The recording.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="VaultTamperedException">Its key record is not as it was stored.</exception>
    /// <exception cref="VaultKeyMissingException">Its master key is not at hand.</exception>
    public async Task<VaultEntry?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        try
        {
            var (record, key, description) = await UnwrapAsync(id, cancellationToken).ConfigureAwait(false);
            CryptographicOperations.ZeroMemory(key);
            return Entry(record, description);
        }
        catch (VaultNotFoundException)
        {
            return null;
        }
    }

    /// <summary>All recordings, in any order. Those that cannot be read (tampered with, master key missing) are left out: <see cref="FindAsync"/> says why.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<VaultEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var id in store.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            VaultEntry? entry;
            try
            {
                entry = await FindAsync(id, cancellationToken).ConfigureAwait(false);
            }
            catch (VaultException)
            {
                continue;
            }

            if (entry is not null) yield return entry;
        }
    }

    /// <summary>Destroys a recording: its key first, then the rest.</summary>
    /// <param name="id">The recording.</param>
    /// <param name="cancellationToken">Gives up, at the latest before the key is destroyed.</param>
    /// <returns>Whether there was one.</returns>
    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return store.DestroyAsync(id, cancellationToken);
    }

    /// <summary>Destroys every expired recording, and what writes that never ended have left for more than an hour.</summary>
    /// <param name="cancellationToken">Stops between two recordings.</param>
    /// <returns>How many recordings were destroyed.</returns>
    /// <remarks>The moment of expiry stands in plain, so that recordings are destroyed even when their master key is lost. Moving it forwards only destroys
    /// a recording early; moving it backwards is found out when it is read, since it is bound to the key.</remarks>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken = default)
    {
        var destroyed = 0;
        var now = time.GetUtcNow();
        await foreach (var id in store.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (await store.ReadKeyAsync(id, cancellationToken).ConfigureAwait(false) is not { } bytes) continue;
                if (KeyRecord.Parse(id, bytes).ExpiresAt > now) continue;
            }
            catch (VaultTamperedException)
            {
                // Not ours to judge: it stays for who looks into it, and cannot be read.
                continue;
            }

            if (await store.DestroyAsync(id, cancellationToken).ConfigureAwait(false)) destroyed++;
        }

        await store.RemoveRemainsAsync(now - TimeSpan.FromHours(1), cancellationToken).ConfigureAwait(false);
        return destroyed;
    }

    /// <summary>Puts every recording under the current master key. The recordings themselves are not touched; stopping and starting again does no harm.</summary>
    /// <param name="cancellationToken">Stops between two recordings.</param>
    /// <returns>How many were moved. Those that could not be read stay where they are.</returns>
    public async Task<int> RewrapAsync(CancellationToken cancellationToken = default)
    {
        var current = await keys.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        var moved = 0;
        await foreach (var id in store.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                var (record, key, description) = await UnwrapAsync(id, cancellationToken).ConfigureAwait(false);
                try
                {
                    if (record.MasterKeyId == current.Id) continue;
                    await store.WriteKeyAsync(id, KeyRecord.Wrap(id, current, record.ExpiresAt, key, description).Bytes, cancellationToken).ConfigureAwait(false);
                    moved++;
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(key);
                }
            }
            catch (VaultException)
            {
                continue;
            }
        }

        return moved;
    }

    async Task<(KeyRecord Record, byte[] Key, RecordingDescription Description)> UnwrapAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var bytes = await store.ReadKeyAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new VaultNotFoundException(id);
        var record = KeyRecord.Parse(id, bytes);
        var master = await keys.FindAsync(record.MasterKeyId, cancellationToken).ConfigureAwait(false) ?? throw new VaultKeyMissingException(id, record.MasterKeyId);
        var (key, description) = record.Unwrap(master);
        return (record, key, description);
    }

    TimeSpan Check(VaultSaveOptions about)
    {
        var lifetime = about.Lifetime ?? options.Lifetime;
        if (lifetime <= TimeSpan.Zero || lifetime > options.LongestLifetime)
            throw new ArgumentException($"A recording is kept for more than nothing and at most {options.LongestLifetime} (VoiceVaultOptions.LongestLifetime), not {lifetime}.", nameof(about));
        if (about.Labels.Count > 64 || about.Labels.Any(l => l.Key.Length > 1000 || l.Value is null || l.Value.Length > 1000))
            throw new ArgumentException("A recording has up to 64 labels of up to 1,000 characters.", nameof(about));
        return string.IsNullOrEmpty(about.ContentType) || about.ContentType.Length > 200
            ? throw new ArgumentException("A media type is needed, of up to 200 characters.", nameof(about)) : lifetime;
    }

    static VaultEntry Entry(KeyRecord record, RecordingDescription description) => new(
        record.Id, description.Length, DateTimeOffset.FromUnixTimeMilliseconds(description.CreatedAt), record.ExpiresAt, description.ContentType, description.Labels,
        record.MasterKeyId);
}
