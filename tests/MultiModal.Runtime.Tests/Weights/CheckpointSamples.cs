using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Tests.Weights;

/// <summary>Small checkpoints of every form, made by hand.</summary>
static class CheckpointSamples
{
    /// <summary>The elements of storage 0 of the samples.</summary>
    public static float[] Values => [.. Enumerable.Range(0, 12).Select(i => i * 0.5f)];

    public static Dictionary<string, object?> Nested() => new()
    {
        ["model"] = new Dictionary<string, TensorData>
        {
            ["enc.weight"] = TensorData.Of(Values, 3, 4),
            ["enc.ids"] = TensorData.Of([1L, -2, 3], 3),
        },
        ["iteration"] = 800,
        ["learning_rate"] = 0.0001,
        ["name"] = "tiny",
        ["fp16"] = false,
        ["nothing"] = null,
        ["sizes"] = new List<object?> { 1L << 40, -5, 1.5 },
    };

    /// <summary>{"state_dict": {"plain": 3x4, "transposed": 4x3 view, "row": part}, "epoch": 7}</summary>
    public static byte[] Pickle(bool legacy = false) => new PickleBuilder().Proto(2).Raw("}(")
        .Text("state_dict").Raw("}(")
        .Text("plain").Tensor("FloatStorage", "0", 12, 0, [3, 4], [4, 1], legacy)
        .Text("transposed").Tensor("FloatStorage", "0", 12, 0, [4, 3], [1, 4], legacy)
        .Text("row").Tensor("FloatStorage", "0", 12, 4, [4], [1], legacy)
        .Text("count").Tensor("LongStorage", "1", 1, 0, [], [], legacy)
        .Raw("u").Text("epoch").Int(7).Raw("u").Stop();

    public static byte[] Zip(bool deflated, string? byteOrder = null, byte[]? pickle = null)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("archive/data.pkl", pickle ?? Pickle());
            var values = MemoryMarshal.AsBytes<float>(Values).ToArray();
            Add("archive/data/0", byteOrder == "big" ? Reversed(values, 4) : values);
            Add("archive/data/1", byteOrder == "big" ? [0, 0, 0, 0, 0, 0, 0, 9] : [9, 0, 0, 0, 0, 0, 0, 0]);
            if (byteOrder is not null)
                Add("archive/byteorder", System.Text.Encoding.ASCII.GetBytes(byteOrder));

            void Add(string name, byte[] bytes)
            {
                using var member = zip.CreateEntry(name, deflated ? CompressionLevel.SmallestSize : CompressionLevel.NoCompression).Open();
                member.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Legacy(bool bigEndian = false)
    {
        var values = MemoryMarshal.AsBytes<float>(Values).ToArray();
        byte[] count = [9, 0, 0, 0, 0, 0, 0, 0];
        return
        [
            .. new PickleBuilder().Proto(2).Raw(0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19).Stop(),
            .. new PickleBuilder().Proto(2).Raw(0x4D, 0xE9, 0x03).Stop(),
            .. new PickleBuilder().Proto(2).Raw("}(").Text("protocol_version").Raw(0x4D, 0xE9, 0x03).Text("little_endian").Raw(bigEndian ? (byte)0x89 : (byte)0x88).Raw("u").Stop(),
            .. Pickle(legacy: true),
            .. new PickleBuilder().Proto(2).Raw("](").Text("1").Text("0").Raw("e").Stop(),
            1, 0, 0, 0, 0, 0, 0, 0, .. bigEndian ? Reversed(count, 8) : count,
            12, 0, 0, 0, 0, 0, 0, 0, .. bigEndian ? Reversed(values, 4) : values,
        ];
    }

    static byte[] Reversed(byte[] bytes, int size)
    {
        for (var i = 0; i < bytes.Length; i += size)
            bytes.AsSpan(i, size).Reverse();
        return bytes;
    }
}
