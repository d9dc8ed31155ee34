using System.Text.Json;

namespace MultiModal.Diffusion.Text;

/// <summary>Reads the small files of a tokenizer, with a limit on their size and errors that name the line.</summary>
static class TokenizerFile
{
    // The largest real one is 3 MB.
    const long MaximumBytes = 64L << 20;

    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new InvalidFileException(path, "The file is missing.", null, "A CLIP tokenizer needs vocab.json and merges.txt; they lie in the folder 'tokenizer' of a model.");
        if (file.Length > MaximumBytes)
            throw new InvalidFileException(path, $"{file.Length} bytes are too many for a tokenizer.");
        return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
    }

    public static async Task<byte[]?> ReadIfThereAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path) ? await ReadAsync(path, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>The file without a byte order mark.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    /// <summary>The line, from 1, on which a byte stands.</summary>
    public static string Line(ReadOnlySpan<byte> bytes, long position) =>
        $"line {bytes[..(int)Math.Clamp(position, 0, bytes.Length)].Count((byte)'\n') + 1}";

    public static InvalidFileException NotJson(string path, JsonException e) =>
        new(path, "This is not valid JSON.", $"line {(e.LineNumber ?? 0) + 1}", null, e);
}
