using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MultiModal.Jimeng.Http;

/// <summary>
/// Writes <c>application/x-www-form-urlencoded</c> bodies as the vendors' own SDKs do (unreserved characters, space as +), straight
/// into bytes: base64 pictures take one pass and no text of their own.
/// </summary>
internal sealed class FormWriter
{
    static readonly SearchValues<byte> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"u8);

    readonly ArrayBufferWriter<byte> output = new(256);

    /// <summary>Adds a field of text. Null is left out.</summary>
    public FormWriter Add(string name, string? value)
    {
        if (value is null)
            return this;
        Name(name);
        Escape(Encoding.UTF8.GetBytes(value));
        return this;
    }

    /// <summary>Adds a number. Null is left out.</summary>
    public FormWriter Add(string name, int? value) => Add(name, value?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Adds bytes as base64, percent-encoded exactly once.</summary>
    public FormWriter AddBase64(string name, ReadOnlySpan<byte> value)
    {
        Name(name);
        const int Block = 3 * 4096;
        var buffer = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(Block));
        try
        {
            while (!value.IsEmpty)
            {
                var part = value[..Math.Min(Block, value.Length)];
                Base64.EncodeToUtf8(part, buffer, out _, out var written);
                Escape(buffer.AsSpan(0, written));
                value = value[part.Length..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return this;
    }

    /// <summary>The body as content of a request.</summary>
    public ByteArrayContent ToContent() => CloudCall.Bytes(output.WrittenSpan.ToArray(), "application/x-www-form-urlencoded");

    void Name(string name)
    {
        if (output.WrittenCount > 0)
            output.Write("&"u8);
        Escape(Encoding.UTF8.GetBytes(name));
        output.Write("="u8);
    }

    void Escape(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(Unreserved);
            if (plain < 0)
                plain = text.Length;
            output.Write(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty)
                return;
            if (text[0] == (byte)' ')
            {
                output.Write("+"u8);
            }
            else
            {
                var escaped = output.GetSpan(3);
                escaped[0] = (byte)'%';
                escaped[1] = Hex(text[0] >> 4);
                escaped[2] = Hex(text[0] & 15);
                output.Advance(3);
            }

            text = text[1..];
        }
    }

    static byte Hex(int digit) => (byte)"0123456789ABCDEF"[digit];
}
