using System.Runtime.CompilerServices;

namespace MultiModal.Pipeline.Security;

/// <summary>Keeps a vault in a folder: keys/ID.key and recordings/ID.sealed. Safe for concurrent use, also by several processes.</summary>
/// <remarks>
/// Files are written under another name, flushed to the disk and renamed; the folder is flushed too. Overwriting a key before it is removed
/// is all a program can do: copies that a file system or a disk keeps for itself are beyond it, so keep the master key elsewhere.
/// </remarks>
public sealed class FileVaultStore : IVaultStore
{
    const int LargestKeyRecord = 1 << 20;

    readonly string keys, recordings;

    /// <summary>Opens a folder, or makes it.</summary>
    /// <param name="folder">The folder. On systems that know it, only the owner may enter.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public FileVaultStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        keys = Make(Path.Combine(folder, "keys"));
        recordings = Make(Path.Combine(folder, "recordings"));
    }

    /// <inheritdoc/>
    public async Task WriteContentAsync(string id, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        await DurableFile.WriteAsync(ContentPath(id), write, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenContentAsync(string id, CancellationToken cancellationToken = default)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(ContentPath(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc/>
    public Task WriteKeyAsync(string id, ReadOnlyMemory<byte> record, CancellationToken cancellationToken = default) =>
        DurableFile.WriteAsync(KeyPath(id), (file, stop) => file.WriteAsync(record, stop).AsTask(), cancellationToken);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadKeyAsync(string id, CancellationToken cancellationToken = default)
    {
        var path = KeyPath(id);
        try
        {
            if (new FileInfo(path).Length > LargestKeyRecord) throw new VaultTamperedException(id, "key record");
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DestroyAsync(string id, CancellationToken cancellationToken = default)
    {
        // The key first: from then on the recording is noise, whatever happens to it.
        var existed = await DurableFile.ShredAsync(KeyPath(id), cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        File.Delete(ContentPath(id));
        return existed;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var path in Directory.EnumerateFiles(keys, "*.key"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Path.GetFileNameWithoutExtension(path) is var id && IsId(id)) yield return id;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<int> RemoveRemainsAsync(DateTimeOffset olderThan, CancellationToken cancellationToken = default)
    {
        var removed = 0;
        foreach (var path in Directory.EnumerateFiles(keys).Concat(Directory.EnumerateFiles(recordings)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isRemains = path.EndsWith(DurableFile.Unfinished, StringComparison.Ordinal)
                || (path.EndsWith(".sealed", StringComparison.Ordinal) && !File.Exists(Path.Combine(keys, Path.GetFileNameWithoutExtension(path) + ".key")));
            if (!isRemains || File.GetLastWriteTimeUtc(path) >= olderThan.UtcDateTime) continue;
            File.Delete(path);
            removed++;
        }

        return Task.FromResult(removed);
    }

    static string Make(string folder) =>
        OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder).FullName
            : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    /// <summary>Identifiers become file names, so they are nothing but hexadecimal digits.</summary>
    static bool IsId(string id) => id is { Length: 32 } && id.All(char.IsAsciiHexDigitLower);

    string KeyPath(string id) => IsId(id) ? Path.Combine(keys, id + ".key") : throw new VaultNotFoundException(id);

    string ContentPath(string id) => IsId(id) ? Path.Combine(recordings, id + ".sealed") : throw new VaultNotFoundException(id);
}
