using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>A long string of a pickle that nobody has asked for yet: where its UTF-8 lies.</summary>
/// <remarks>Arrays of numpy are written as such strings under protocol 2; they are decoded straight into bytes.</remarks>
sealed record PickleTextSlice(byte[] Source, int Start, int Length)
{
    public override string ToString() => Encoding.UTF8.GetString(Source, Start, Length);

    /// <summary>The characters as Latin-1, which is what they stand for; null when one is beyond it.</summary>
    public byte[]? ToLatin1()
    {
        var utf8 = Source.AsSpan(Start, Length);
        var count = 0;
        for (var i = 0; i < utf8.Length; i++)
            count += (utf8[i] & 0xC0) == 0x80 ? 0 : 1;
        var bytes = new byte[count];
        var at = 0;
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] < 0x80)
                bytes[at++] = utf8[i];
            else if (utf8[i] is 0xC2 or 0xC3 && i + 1 < utf8.Length && (utf8[i + 1] & 0xC0) == 0x80)
                bytes[at++] = (byte)(((utf8[i] & 3) << 6) | (utf8[++i] & 0x3F));
            else
                return null;
        }

        return bytes;
    }
}

/// <summary>The text forms of protocol 0, and Python's long integers.</summary>
static class PickleText
{
    const int LongestNumber = 1000;

    /// <summary>A byte string of Python 2: text as a rule, in UTF-8 or else Latin-1.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>A decimal integer; null when it is none, or longer than any honest one.</summary>
    public static object? ParseInteger(string text)
    {
        text = text.TrimEnd('L');
        if (text.Length > LongestNumber)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small))
            return small;
        return BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var big) ? big : null;
    }

    /// <summary>A little-endian two's complement integer of any length.</summary>
    public static object Integer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8)
            return new BigInteger(bytes);
        Span<byte> wide = stackalloc byte[8];
        wide.Fill(bytes.Length > 0 && (bytes[^1] & 0x80) != 0 ? (byte)0xFF : (byte)0);
        bytes.CopyTo(wide);
        return BinaryPrimitives.ReadInt64LittleEndian(wide);
    }

    /// <summary>The repr of a byte string, in quotes and with Python's escapes; null when it is none.</summary>
    public static string? ParseQuoted(string text)
    {
        text = text.Trim();
        if (text.Length < 2 || text[0] is not ('\'' or '"') || text[^1] != text[0])
            return null;
        var result = new StringBuilder();
        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] != '\\' || i == text.Length - 2)
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            var simple = "\\'\"abfnrtv".IndexOf(text[i], StringComparison.Ordinal);
            if (simple >= 0)
                result.Append("\\'\"\a\b\f\n\r\t\v"[simple]);
            else if (text[i] == 'x' && i + 2 < text.Length - 1 && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                (result, i) = (result.Append((char)code), i + 2);
            else
                result.Append('\\').Append(text[i]);
        }

        return result.ToString();
    }

    /// <summary>Text in Python's raw-unicode-escape encoding: Latin-1 with \uXXXX and \UXXXXXXXX.</summary>
    public static string ParseRawUnicode(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var digits = text[i] == '\\' && i + 1 < text.Length ? text[i + 1] switch { 'u' => 4, 'U' => 8, _ => 0 } : 0;
            if (digits > 0 && i + 1 + digits < text.Length
                && int.TryParse(text.AsSpan(i + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                && code is >= 0 and <= 0x10FFFF)
            {
                result.Append(code is >= 0xD800 and <= 0xDFFF or < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32(code));
                i += 1 + digits;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
