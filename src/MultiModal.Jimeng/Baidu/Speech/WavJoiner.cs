using System.Buffers.Binary;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>Joins WAV files of one format: the header of the first, the sound of all.</summary>
internal static class WavJoiner
{
    public static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> files)
    {
        var (headerEnd, _) = Data(files[0].Span);
        using var whole = new MemoryStream();
        whole.Write(files[0].Span[..headerEnd]);
        foreach (var file in files)
        {
            var (start, length) = Data(file.Span);
            whole.Write(file.Span.Slice(start, length));
        }

        var bytes = whole.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)(bytes.Length - 8));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(headerEnd - 4), (uint)(bytes.Length - headerEnd));
        return bytes;
    }

    // A service that streams may leave the lengths in the header open; then the data goes on to the end.
    static (int Start, int Length) Data(ReadOnlySpan<byte> file)
    {
        for (long position = 12; position + 8 <= file.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)position + 4)..]);
            if (file[(int)position..].StartsWith("data"u8))
                return ((int)position + 8, (int)Math.Min(length, file.Length - position - 8));
            position += 8 + length + (length & 1);
        }

        throw new InvalidFileException("synthesised speech", "The service sent a WAV file without sound.");
    }
}
