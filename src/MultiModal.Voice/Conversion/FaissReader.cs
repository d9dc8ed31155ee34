using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MultiModal.Voice.Conversion;

/// <summary>Reads the bytes of a faiss index, every length checked against what is left (faiss/impl/index_read.cpp).</summary>
/// <param name="data">The bytes.</param>
/// <param name="file">What errors call them.</param>
ref struct FaissReader(ReadOnlySpan<byte> data, string file)
{
    ReadOnlySpan<byte> rest = data;
    readonly int total = data.Length;

    public string FourCharacters() => System.Text.Encoding.Latin1.GetString(Take(4));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public byte Byte() => Take(1)[0];

    /// <summary>A count of what takes so many bytes each, and is all there.</summary>
    public int Count(long size, string what)
    {
        var count = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
        return count >= 0 && count <= rest.Length / Math.Max(1, size) ? (int)count : throw Error($"{count} {what} are not in the file");
    }

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public float[] Floats(int count) => MemoryMarshal.Cast<byte, float>(Take(checked(count * 4))).ToArray();

    public void Skip(long bytes) => Take(bytes <= rest.Length ? (int)bytes : throw Error("the data end too soon"));

    public readonly InvalidFileException Error(string problem) => new(file, $"{problem}.", $"byte {total - rest.Length} of the index");

    ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > rest.Length) throw Error("the data end too soon");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
