namespace MultiModal.Runtime.Tests.Weights;

/// <summary>One value, {"a": [1, -2, 3.5, True, None, "x\u00e9"], "b": (1, 2)}, as each protocol writes it, and things found in checkpoints.</summary>
static class PickleSamples
{
    public static byte[] Protocol0 => new PickleBuilder()
        .Raw("(dp0\nVa\np1\n(lp2\nI1\naI-2\naF3.5\naI01\naNaVx\u00e9\np3\nasVb\np4\n(I1\nI2\ntp5\ns").Stop();

    public static byte[] Protocol1 => new PickleBuilder()
        .Raw("}q\0(").Text("a").Raw("]q\u0001(K\u0001").Int(-2).Raw("G@\f\0\0\0\0\0\0I01\nN").Text("x\u00e9").Raw("e").Text("b").Raw("(K\u0001K\u0002tu").Stop();

    public static byte[] Protocol2 => new PickleBuilder().Proto(2)
        .Raw("}q\0(").Text("a").Raw("]q\u0001(K\u0001").Int(-2).Raw("G@\f\0\0\0\0\0\0").Raw(0x88).Raw("N").Text("x\u00e9").Raw("e").Text("b").Raw("K\u0001K\u0002").Raw(0x86).Raw("u").Stop();

    public static byte[] Protocol3 => new PickleBuilder().Proto(3).Raw(Protocol2.AsSpan(2, Protocol2.Length - 3)).Stop();

    public static byte[] Protocol4 => Framed(4);

    public static byte[] Protocol5 => Framed(5);

    /// <summary>os.system("true") and a class with state, items and entries: nothing to run, everything to keep.</summary>
    public static byte[] Stranger => new PickleBuilder().Proto(2).Raw("}(")
        .Text("evil").Global("os", "system").Text("true").Raw(0x85).Raw("R")
        .Text("config").Global("omegaconf.dictconfig", "DictConfig").Raw(")").Raw(0x81).Raw("}(").Text("lr").Raw("G?\u0000\0\0\0\0\0\0").Raw("ub")
        .Text("list").Global("some", "List").Raw(")").Raw(0x81).Raw("(K\u0001K\u0002e")
        .Text("dict").Global("some", "Dict").Raw(")").Raw(0x81).Raw("(").Text("k").Raw("K\u0003u")
        .Raw("u").Stop();

    /// <summary>A numpy array and a scalar as protocol 2 writes them.</summary>
    public static byte[] Numpy => new PickleBuilder().Proto(2).Raw("}(")
        .Text("centres").Global("numpy.core.multiarray", "_reconstruct").Raw("(").Global("numpy", "ndarray").Raw("K\0").Raw(0x85).Raw("C\u0001btR")
        .Raw("(K\u0001").Ints(2, 2).Global("numpy", "dtype").Text("f4").Raw(0x89, 0x88).Raw(0x87).Raw("R(K\u0003").Text("<").Raw("NNN").Int(-1).Int(-1).Raw("K\0tb")
        .Raw(0x89).Global("_codecs", "encode").Text("\0\0\u0080?\0\0\0@\0\0@@\0\0\u0080@").Text("latin1").Raw(0x86).Raw("Rtb")
        .Text("scale").Global("numpy.core.multiarray", "scalar").Global("numpy", "dtype").Text("f8").Raw(0x89, 0x88).Raw(0x87).Raw("R(K\u0003").Text("<").Raw("NNN").Int(-1).Int(-1).Raw("K\0tb")
        .Raw("C\u0008\0\0\0\0\0\0\u00f8?").Raw(0x86).Raw("R")
        .Raw("u").Stop();

    public static IReadOnlyList<byte[]> All => [Protocol0, Protocol1, Protocol2, Protocol3, Protocol4, Protocol5, Stranger, Numpy];

    static byte[] Framed(byte protocol)
    {
        var body = new PickleBuilder()
            .Raw("}").Raw(0x94).Raw("(").Raw(0x8C, 1).Raw("a").Raw(0x94).Raw("]").Raw(0x94).Raw("(K\u0001").Int(-2).Raw("G@\f\0\0\0\0\0\0").Raw(0x88).Raw("N")
            .Raw(0x8C, 3).Raw("x").Raw(0xC3, 0xA9).Raw("e").Raw(0x8C, 1).Raw("b").Raw(0x94).Raw("K\u0001K\u0002").Raw(0x86).Raw("u").Stop();
        return [0x80, protocol, 0x95, (byte)body.Length, 0, 0, 0, 0, 0, 0, 0, .. body];
    }
}
