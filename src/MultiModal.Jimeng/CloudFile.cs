namespace MultiModal.Jimeng;

/// <summary>Something downloaded.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="MediaType">What they are, such as <c>image/png</c>: from their first bytes where those tell, otherwise as the server says.</param>
/// <param name="Source">Where it came from, or null where it came in the answer itself.</param>
public sealed record CloudFile(ReadOnlyMemory<byte> Bytes, string MediaType, Uri? Source)
{
    /// <summary>Writes it to a file.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="cancellationToken">Gives the writing up.</param>
    public async Task SaveAsync(string path, CancellationToken cancellationToken = default) =>
        await File.WriteAllBytesAsync(path, Bytes, cancellationToken).ConfigureAwait(false);

    /// <summary>What bytes are by their beginning, or null.</summary>
    internal static string? Recognize(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'B', (byte)'M', ..] => "image/bmp",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'A', (byte)'V', (byte)'E', ..] => "audio/wav",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "video/mp4",
        _ => null,
    };

    internal static CloudFile Of(ReadOnlyMemory<byte> bytes, string? announced, Uri? source) =>
        new(bytes, Recognize(bytes.Span) ?? announced ?? "application/octet-stream", source);
}
