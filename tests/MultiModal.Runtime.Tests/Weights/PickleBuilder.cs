using System.Buffers.Binary;
using System.Text;

namespace MultiModal.Runtime.Tests.Weights;

/// <summary>Writes pickles opcode by opcode, as a hand would.</summary>
sealed class PickleBuilder
{
    readonly List<byte> bytes = [];

    public PickleBuilder Raw(params ReadOnlySpan<byte> more)
    {
        bytes.AddRange(more);
        return this;
    }

    public PickleBuilder Raw(string ascii) => Raw(Encoding.Latin1.GetBytes(ascii));

    public PickleBuilder Proto(byte version) => Raw(0x80, version);

    public PickleBuilder Global(string module, string name) => Raw($"c{module}\n{name}\n");

    public PickleBuilder Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Raw("X").Raw(length).Raw(utf8);
    }

    public PickleBuilder Int(int value)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, value);
        return Raw("J").Raw(number);
    }

    public PickleBuilder Ints(params ReadOnlySpan<int> values)
    {
        Raw("(");
        foreach (var value in values)
            Int(value);
        return Raw("t");
    }

    /// <summary>("storage", torch.{type}, key, "cpu", count), resolved. Legacy files have one more member.</summary>
    public PickleBuilder Storage(string type, string key, int count, bool legacy = false)
    {
        Raw("(").Text("storage").Global(type == "UntypedStorage" ? "torch.storage" : "torch", type).Text(key).Text("cpu").Int(count);
        return (legacy ? Raw("N") : this).Raw("tQ");
    }

    public PickleBuilder Tensor(string type, string key, int count, int offset, int[] shape, int[] strides, bool legacy = false) =>
        Global("torch._utils", "_rebuild_tensor_v2").Raw("(").Storage(type, key, count, legacy).Int(offset).Ints(shape).Ints(strides)
            .Raw(0x89).Global("collections", "OrderedDict").Raw(")RtR");

    public byte[] Stop() => [.. bytes, (byte)'.'];
}
