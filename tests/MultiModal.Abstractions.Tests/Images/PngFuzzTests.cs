using System.Buffers.Binary;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Images.Tests;

public class PngFuzzTests
{
    [Fact]
    public void Damaged_pictures_are_read_or_refused_by_name() =>
        FuzzRun.Run("picture.png", Originals(), path => PngCodec.Default.Decode(File.ReadAllBytes(path), path));

    /// <summary>Checksums stop most damage at once. With them made right again it reaches the readers behind.</summary>
    [Fact]
    public void Damage_under_valid_checksums_is_read_or_refused_by_name() =>
        FuzzRun.Run("picture.png", Originals(), path => PngCodec.Default.Decode(WithRightChecksums(File.ReadAllBytes(path)), path), seed: 100_000);

    static List<byte[]> Originals()
    {
        var files = new List<byte[]>
        {
            PngCodec.Default.Encode(PngWritingTests.Photo(23, 17, 3, 60).WithText(new Dictionary<string, string> { ["parameters"] = "a cat, 猫" })),
            PngCodec.Default.Encode(PngWritingTests.Photo(40, 9, 4, 9)),
        };
        foreach (var (type, depth) in new[] { (0, 1), (0, 16), (2, 8), (2, 16), (3, 2), (3, 8), (4, 8), (6, 16) })
        {
            foreach (var interlaced in new[] { false, true })
            {
                var chunks = new List<(string, byte[])> { ("zTXt", [.. "Comment"u8, 0, 0, .. PngWriterForTests.Deflate(new byte[3000])]) };
                if (type == 3)
                    chunks.AddRange([("PLTE", Enumerable.Range(0, 3 << depth).Select(i => (byte)(i * 7)).ToArray()), ("tRNS", [0, 128])]);
                files.Add(PngWriterForTests.Write(19, 13, type, depth, interlaced, (x, y, c) => ((x * 31) + (y * 17) + (c * 5)) % (1 << depth), [.. chunks]));
            }
        }

        return files;
    }

    static byte[] WithRightChecksums(byte[] file)
    {
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                break;
            var crc = Png.Crc32.Append(0, file.AsSpan(at + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), crc);
            at += 12 + (int)length;
        }

        return file;
    }
}
