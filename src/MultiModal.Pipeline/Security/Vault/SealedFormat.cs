using System.Buffers.Binary;

namespace MultiModal.Pipeline.Security;

/// <summary>
/// The layout of a sealed recording: a header of 16 bytes, then chunks of 64 KiB, each followed by its tag. Every recording has a key of its own;
/// a chunk's nonce is its number and whether it is the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015),
/// and the header and the identifier are bound to each: chunks cannot be changed, exchanged, repeated or left out.
/// </summary>
static class SealedFormat
{
    public const int ChunkLength = 64 << 10, TagLength = 16, HeaderLength = 16, NonceLength = 12;

    static ReadOnlySpan<byte> Magic => "MMVAULT1"u8;

    public static byte[] NewHeader(ReadOnlySpan<byte> salt)
    {
        var header = new byte[HeaderLength];
        Magic.CopyTo(header);
        salt[..8].CopyTo(header.AsSpan(8));
        return header;
    }

    public static bool IsHeader(ReadOnlySpan<byte> header) => header.Length == HeaderLength && header.StartsWith(Magic);

    public static void Nonce(Span<byte> nonce, long chunk, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..], chunk);
        nonce[11] = isLast ? (byte)1 : (byte)0;
    }

    /// <summary>What is bound to every chunk.</summary>
    public static byte[] AssociatedData(string id, ReadOnlySpan<byte> header) => [.. header, .. System.Text.Encoding.ASCII.GetBytes(id)];

    /// <summary>Bytes of a sealed recording.</summary>
    public static long SealedLength(long length) => HeaderLength + length + (TagLength * ChunksOf(length));

    /// <summary>An empty recording has one chunk, so that its end is authenticated too.</summary>
    public static long ChunksOf(long length) => Math.Max(1, (length + ChunkLength - 1) / ChunkLength);
}
