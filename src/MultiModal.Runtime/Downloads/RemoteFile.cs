namespace MultiModal.Runtime.Downloads;

/// <summary>A file to download: where it is, and what is known of it.</summary>
public sealed record RemoteFile
{
    readonly Uri? address;
    readonly string? hubPath;

    RemoteFile(Uri? address, string? hubPath, string path) => (this.address, this.hubPath, Path) = (address, hubPath, path);

    /// <summary>The file's path within its repository, or its name: where it is put in a folder.</summary>
    public string Path { get; }

    /// <summary>The file's name.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Its length in bytes, checked where it is known. Null by default.</summary>
    public long? Length { get; init; }

    /// <summary>The SHA-256 of its bytes, 64 hexadecimal digits, checked where it is known. Null by default.</summary>
    public string? Sha256
    {
        get;
        init => field = value is null || (value.Length == 64 && value.All(char.IsAsciiHexDigit)) ? value
            : throw new ArgumentException($"'{value}' is no SHA-256: it has 64 hexadecimal digits.", nameof(value));
    }

    /// <summary>A file in a repository of a hub; see <see cref="DownloadOptions.Endpoint"/>.</summary>
    /// <param name="repository">"owner/name".</param>
    /// <param name="path">Its path in the repository, with slashes.</param>
    /// <param name="revision">A branch, tag or commit; "main" by default.</param>
    /// <exception cref="ArgumentException">A part is empty, or leads out of a folder.</exception>
    public static RemoteFile HuggingFace(string repository, string path, string revision = "main")
    {
        foreach (var text in (string[])[repository, path, revision]) CheckPath(text);
        return new(null, $"{Escape(repository)}/resolve/{Uri.EscapeDataString(revision)}/{Escape(path)}", path);
    }

    /// <summary>A file at an address of its own.</summary>
    /// <param name="address">https, or http where the SHA-256 is known or the server is this machine.</param>
    /// <param name="name">The name it gets; by default the last part of the address.</param>
    /// <exception cref="ArgumentException">It is no such address, or has no name.</exception>
    public static RemoteFile At(Uri address, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme is not ("https" or "http")) throw new ArgumentException($"'{address}' is no address of a server.", nameof(address));
        name ??= Uri.UnescapeDataString(address.Segments[^1]);
        CheckPath(name);
        return new(address, null, name);
    }

    /// <summary>Where it can be had, first to last.</summary>
    internal IEnumerable<Uri> Addresses(DownloadOptions options) => address is not null ? [address]
        : ((Uri[])[options.Endpoint, .. options.Mirrors]).Select(hub => new Uri($"{hub.AbsoluteUri.TrimEnd('/')}/{hubPath}"));

    static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    static void CheckPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // It becomes a path on this machine.
        if (path.Split('/').Any(part => part is "" or "." or "..") || path.AsSpan().ContainsAny('\\', ':', '\0'))
            throw new ArgumentException($"'{path}' is no path within a folder.", nameof(path));
    }
}
