using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MultiModal.Images.Tests;

/// <summary>A second, plain PNG writer, bit by bit from the specification: any colour type, depth and interlacing.</summary>
static class PngWriterForTests
{
    public static readonly byte[] Signature = [137, 80, 78, 71, 13, 10, 26, 10];

    /// <param name="samples">[height, width, samples a pixel], at full depth.</param>
    public static byte[] Write(int width, int height, int colorType, int depth, bool interlaced, Func<int, int, int, int> samples, params (string Type, byte[] Data)[] chunks)
    {
        var count = SamplesOf(colorType);
        using var raw = new MemoryStream();
        if (!interlaced)
        {
            WritePass(raw, Range(width), Range(height), count, depth, samples);
        }
        else
        {
            // Which pass each pixel of an 8x8 tile belongs to: the figure of the specification, read pixel by pixel.
            string[] tile = ["16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777"];
            for (var pass = '1'; pass <= '7'; pass++)
            {
                var rows = Range(height).Where(y => tile[y % 8].Contains(pass)).ToArray();
                if (rows.Length == 0)
                    continue;
                var columns = Range(width).Where(x => tile[rows[0] % 8][x % 8] == pass).ToArray();
                if (columns.Length > 0)
                    WritePass(raw, columns, rows, count, depth, samples);
            }
        }

        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(raw.ToArray());
        var data = compressed.ToArray();
        var half = data.Length / 2;
        return Assemble(
        [
            ("IHDR", Header(width, height, depth, colorType, interlaced)),
            .. chunks,
            ("IDAT", data[..half]), ("IDAT", []), ("IDAT", data[half..]), ("IEND", []),
        ]);
    }

    public static byte[] Assemble(params (string Type, byte[] Data)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        foreach (var (type, data) in chunks)
            WriteChunk(file, type, data);
        return file.ToArray();
    }

    public static byte[] Header(int width, int height, int depth, int colorType, bool interlaced = false)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)colorType, interlaced ? (byte)1 : (byte)0);
        return header;
    }

    public static byte[] Deflate(byte[] data)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(data);
        return compressed.ToArray();
    }

    public static int SamplesOf(int colorType) => colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    static int[] Range(int count) => Enumerable.Range(0, count).ToArray();

    static void WritePass(MemoryStream raw, int[] columns, int[] rows, int count, int depth, Func<int, int, int, int> samples)
    {
        var distance = Math.Max(1, count * depth / 8);
        var above = new byte[((columns.Length * count * depth) + 7) / 8];
        for (var r = 0; r < rows.Length; r++)
        {
            var bits = new StringBuilder();
            foreach (var x in columns)
            {
                for (var c = 0; c < count; c++)
                    bits.Append(Convert.ToString(samples(x, rows[r], c), 2).PadLeft(depth, '0'));
            }

            while (bits.Length % 8 != 0)
                bits.Append('0');
            var row = Range(bits.Length / 8).Select(i => Convert.ToByte(bits.ToString(8 * i, 8), 2)).ToArray();
            var filter = r % 5;
            raw.WriteByte((byte)filter);
            for (var i = 0; i < row.Length; i++)
            {
                int a = i >= distance ? row[i - distance] : 0, b = above[i], c = i >= distance ? above[i - distance] : 0;
                var p = a + b - c;
                var paeth = new[] { a, b, c }.OrderBy(v => Math.Abs(p - v)).First();
                raw.WriteByte((byte)(row[i] - new[] { 0, a, b, (a + b) / 2, paeth }[filter]));
            }

            above = row;
        }
    }

    static void WriteChunk(MemoryStream file, string type, byte[] data)
    {
        var body = Encoding.ASCII.GetBytes(type).Concat(data).ToArray();
        var crc = 0xFFFFFFFFu;
        foreach (var value in body)
        {
            for (var bit = 0; bit < 8; bit++)
                crc = ((crc ^ (uint)(value >> bit)) & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }

        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }
}
