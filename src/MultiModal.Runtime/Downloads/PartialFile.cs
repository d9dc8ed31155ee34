namespace MultiModal.Runtime.Downloads;

/// <summary>What has arrived of a file: beside its place as *.part, with the source's version (*.part.etag), so that a later attempt can go on.</summary>
sealed class PartialFile : IAsyncDisposable
{
    readonly FileStream stream;
    readonly string target, version;

    PartialFile(FileStream stream, string target)
    {
        this.stream = stream;
        this.target = target;
        version = target + ".part.etag";
    }

    public long Length => stream.Length;

    /// <summary>Opens what there is, for this process alone.</summary>
    /// <exception cref="DownloadException">Somebody else is at it.</exception>
    public static PartialFile Open(string target)
    {
        try
        {
            var stream = new FileStream(target + ".part", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            return new(stream, target);
        }
        catch (IOException e) when (File.Exists(target + ".part"))
        {
            throw new DownloadException($"{target} is being downloaded already (its .part file is in use).", null, isTransient: true, innerException: e);
        }
    }

    /// <summary>The version of the file that the bytes are of, as this source names it; null where it is not known.</summary>
    public string? VersionAt(Uri address) =>
        File.Exists(version) && File.ReadAllLines(version) is [var from, var tag, ..] && from == address.AbsoluteUri ? tag : null;

    /// <summary>Keeps the version that the source names.</summary>
    public void Remember(Uri address, string? tag)
    {
        if (tag is null) File.Delete(version);
        else File.WriteAllLines(version, [address.AbsoluteUri, tag]);
    }

    /// <summary>Drops what has arrived.</summary>
    public void Clear()
    {
        stream.SetLength(0);
        File.Delete(version);
    }

    /// <summary>Appends bytes.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        stream.Position = stream.Length;
        return stream.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>The SHA-256 of all that has arrived.</summary>
    public async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        stream.Position = 0;
        return Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Gives the file its name.</summary>
    public async Task FinishAsync()
    {
        stream.Flush(flushToDisk: true);
        await stream.DisposeAsync().ConfigureAwait(false);
        File.Move(target + ".part", target, overwrite: true);
        File.Delete(version);
    }

    public async ValueTask DisposeAsync()
    {
        // Nothing of the file is no part of it. After FinishAsync there is no stream any more.
        var empty = stream.CanRead && stream.Length == 0;
        await stream.DisposeAsync().ConfigureAwait(false);
        if (empty) File.Delete(target + ".part");
    }
}
