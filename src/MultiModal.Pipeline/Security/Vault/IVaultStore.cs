namespace MultiModal.Pipeline.Security;

/// <summary>
/// Where a vault keeps its bytes: a small key record and a large sealed recording for each identifier. It sees nothing in plain, and what
/// it returns is checked. Implementations are safe for concurrent use.
/// </summary>
/// <remarks>
/// A recording exists when its key record does. Whoever implements this must make <see cref="WriteKeyAsync"/> atomic and durable: after
/// it has returned, the recording is there even if the machine stops; before, it is not there at all.
/// </remarks>
public interface IVaultStore
{
    /// <summary>Stores a sealed recording. It is durable when the task ends; when it fails or the process dies, what was written may be left and is no recording.</summary>
    /// <param name="id">The identifier: 32 hexadecimal digits.</param>
    /// <param name="write">Writes the bytes, front to back.</param>
    /// <param name="cancellationToken">Gives up, and removes what was written.</param>
    Task WriteContentAsync(string id, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default);

    /// <summary>Opens a sealed recording; null where there is none.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Stream?> OpenContentAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Writes a key record, or replaces it: atomic and durable.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="record">A few hundred bytes, up to a few ten thousand.</param>
    /// <param name="cancellationToken">Gives up before anything has changed.</param>
    Task WriteKeyAsync(string id, ReadOnlyMemory<byte> record, CancellationToken cancellationToken = default);

    /// <summary>Reads a key record; null where there is none.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<byte[]?> ReadKeyAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Destroys a key record, overwriting it where that helps, and then removes the sealed recording. What is not there is no error.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="cancellationToken">Gives up between the two; the key is gone then.</param>
    /// <returns>Whether there was a key record.</returns>
    Task<bool> DestroyAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>The identifiers of all key records, in any order.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes what writes that never ended have left, if it is older than a moment.</summary>
    /// <param name="olderThan">Younger remains may belong to a write under way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveRemainsAsync(DateTimeOffset olderThan, CancellationToken cancellationToken = default);
}
