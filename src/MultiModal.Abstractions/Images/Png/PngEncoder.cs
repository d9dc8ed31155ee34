using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MultiModal.Images.Png;

/// <summary>Writes 8-bit grey, RGB or RGBA. Each row gets the filter whose result lies closest to zero (specification, section 12.8).</summary>
static class PngEncoder
{
    public static byte[] Encode(ImageBuffer image, PngOptions options, CancellationToken cancellationToken)
    {
        var texts = image.Text.Select(t => PngText.Write(t.Key, t.Value)).ToList();
        using var file = new MemoryStream();
        file.Write(PngCodec.Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8;
        header[9] = (byte)(image.Channels switch { 1 => PngColorType.Gray, 3 => PngColorType.Rgb, _ => PngColorType.Rgba });
        WriteChunk(file, "IHDR", header);
        foreach (var (type, data) in texts)
            WriteChunk(file, type, data);
        using (var compressed = new MemoryStream())
        {
            using (var deflate = new ZLibStream(compressed, options.Compression, leaveOpen: true))
                WriteRows(image, deflate, cancellationToken);
            WriteChunk(file, "IDAT", compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        }

        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    static void WriteRows(ImageBuffer image, ZLibStream deflate, CancellationToken cancellationToken)
    {
        var length = image.Width * image.Channels;
        var above = new byte[length].AsSpan();
        var (best, candidate) = (new byte[length + 1], new byte[length + 1]);
        for (var y = 0; y < image.Height; y++)
        {
            if ((y & 63) == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var row = image.Row(y);
            var least = long.MaxValue;
            for (var filter = 0; filter < PngFilter.Count; filter++)
            {
                var sum = PngFilter.Apply(filter, row, above, candidate.AsSpan(1), image.Channels);
                if (sum >= least)
                    continue;
                least = sum;
                candidate[0] = (byte)filter;
                (best, candidate) = (candidate, best);
            }

            deflate.Write(best);
            above = row;
        }
    }

    static void WriteChunk(MemoryStream file, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> frame = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(frame, data.Length);
        Encoding.ASCII.GetBytes(type, frame[4..]);
        file.Write(frame);
        file.Write(data);
        var crc = Crc32.Append(Crc32.Append(0, frame[4..]), data);
        BinaryPrimitives.WriteUInt32BigEndian(frame, crc);
        file.Write(frame[..4]);
    }
}
