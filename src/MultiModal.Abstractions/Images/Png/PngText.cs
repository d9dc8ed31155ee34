using System.IO.Compression;
using System.Text;

namespace MultiModal.Images.Png;

/// <summary>The text chunks of PNG (specification, section 11.3.3).</summary>
static class PngText
{
    /// <summary>Reads a tEXt, zTXt or iTXt chunk.</summary>
    /// <exception cref="InvalidDataException">The chunk is not as it must be, or its text is longer than allowed.</exception>
    public static (string Keyword, string Text) Read(string type, ReadOnlyMemory<byte> data, int limit)
    {
        var keyword = Encoding.Latin1.GetString(CutAtZero(ref data, "keyword").Span);
        if (keyword.Length is 0 or > 79)
            throw new InvalidDataException($"its keyword has {keyword.Length} characters.");
        if (type == "tEXt")
            return (keyword, Encoding.Latin1.GetString(Limited(data, limit).Span));
        if (type == "zTXt")
        {
            if (data.IsEmpty || data.Span[0] != 0)
                throw new InvalidDataException("its compression is not known.");
            return (keyword, Encoding.Latin1.GetString(Inflate(data[1..], limit).Span));
        }

        if (data.Length < 2 || data.Span[0] > 1 || (data.Span[0] == 1 && data.Span[1] != 0))
            throw new InvalidDataException("its compression is not known.");
        var compressed = data.Span[0] == 1;
        data = data[2..];
        _ = CutAtZero(ref data, "language");
        _ = CutAtZero(ref data, "translated keyword");
        var bytes = compressed ? Inflate(data, limit) : Limited(data, limit);
        return (keyword, Encoding.UTF8.GetString(bytes.Span));
    }

    /// <summary>Makes the chunk for a text: tEXt when it is Latin-1, iTXt when it is not.</summary>
    /// <exception cref="ArgumentException">The keyword or the text holds what a PNG cannot.</exception>
    public static (string Type, byte[] Data) Write(string keyword, string text)
    {
        if (keyword.Length is 0 or > 79 || keyword[0] == ' ' || keyword[^1] == ' ' || keyword.Contains("  ", StringComparison.Ordinal) || !keyword.All(IsLatin))
            throw new ArgumentException($"'{keyword}' is no PNG keyword: 1 to 79 printable Latin-1 characters without spaces at the ends or doubled.");
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"The text of '{keyword}' holds a NUL character, which a PNG cannot.");
        return text.All(c => c == '\n' || IsLatin(c))
            ? ("tEXt", [.. Encoding.Latin1.GetBytes(keyword), 0, .. Encoding.Latin1.GetBytes(text)])
            : ("iTXt", [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]);
    }

    static bool IsLatin(char c) => c is >= ' ' and <= '~' or >= '\u00A1' and <= '\u00FF';

    static ReadOnlyMemory<byte> CutAtZero(ref ReadOnlyMemory<byte> data, string part)
    {
        var end = data.Span.IndexOf((byte)0);
        if (end < 0)
            throw new InvalidDataException($"its {part} does not end.");
        var result = data[..end];
        data = data[(end + 1)..];
        return result;
    }

    static ReadOnlyMemory<byte> Limited(ReadOnlyMemory<byte> data, int limit) =>
        data.Length <= limit ? data : throw new InvalidDataException("it exceeds the limit for texts.");

    static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> data, int limit)
    {
        using var inflated = new ZLibStream(new SegmentStream([data]), CompressionMode.Decompress);
        using var result = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = inflated.Read(buffer)) > 0)
        {
            if (result.Length + read > limit)
                throw new InvalidDataException("it exceeds the limit for texts.");
            result.Write(buffer, 0, read);
        }

        return result.GetBuffer().AsMemory(0, (int)result.Length);
    }
}
