using System.Text;
using MultiModal.Voice.Conversion;

namespace MultiModal.Voice.Tests.Conversion;

public sealed class RetrievalTests
{
    [Fact]
    public void Units_blend_by_the_distances_of_the_nearest_list()
    {
        var index = FaissIndex.Read(Bytes(), "test");
        Assert.Equal(3, index.Count);
        var result = new float[2];
        // Of the list around (0, 0): (1, 0) at the squared distance 1, (0, 2) at 4; weights 1 and 1/16.
        Assert.True(index.Blend([0, 0], result));
        Assert.Equal(16f / 17, result[0], 1e-6f);
        Assert.Equal(2f / 17, result[1], 1e-6f);
        Assert.True(index.Blend([9, 9], result));
        Assert.Equal([10, 10], result);
        Assert.True(index.Blend([1, 0], result));
        Assert.Equal([1, 0], result);
    }

    [Fact]
    public void Damaged_indexes_give_typed_errors()
    {
        var seed = 4711;
        var random = new Random(seed);
        var whole = Bytes();
        for (var i = 0; i < 5000; i++)
        {
            var bytes = (byte[])whole.Clone();
            for (var edits = random.Next(1, 4); edits > 0; edits--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (i % 3 == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                FaissIndex.Read(bytes, "damaged").Blend([0, 0], new float[2]);
            }
            catch (Exception error) when (error is InvalidFileException or ArgumentException)
            {
                // A changed dimension is a valid index of other vectors, of which the query is none.
                Assert.True(error is InvalidFileException || BitConverter.ToInt32(bytes, 4) != 2, $"{error}, seed {seed}, change {i}");
            }
        }
    }

    /// <summary>Two centres, (0, 0) and (10, 10), the first with two vectors, the second with one; as faiss writes it.</summary>
    static byte[] Bytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.Latin1);
        writer.Write("IwFl"u8);
        Header(writer, 3);
        writer.Write(2L);
        writer.Write(1L);
        writer.Write("IxF2"u8);
        Header(writer, 2);
        Floats(writer, 4, 0, 0, 10, 10);
        writer.Write((byte)0);
        writer.Write(0L);
        writer.Write("ilar"u8);
        writer.Write(2L);
        writer.Write(8L);
        writer.Write("full"u8);
        writer.Write(2L);
        writer.Write(2L);
        writer.Write(1L);
        Floats(writer, null, 1, 0, 0, 2);
        writer.Write(0L);
        writer.Write(1L);
        Floats(writer, null, 10, 10);
        writer.Write(2L);
        return stream.ToArray();
    }

    static void Header(BinaryWriter writer, long total)
    {
        writer.Write(2);
        writer.Write(total);
        writer.Write(1L << 20);
        writer.Write(1L << 20);
        writer.Write(true);
        writer.Write(1);
    }

    static void Floats(BinaryWriter writer, long? count, params float[] values)
    {
        if (count is { } number) writer.Write(number);
        foreach (var value in values) writer.Write(value);
    }
}
