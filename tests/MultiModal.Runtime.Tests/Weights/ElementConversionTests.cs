using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Tests.Weights;

public sealed class ElementConversionTests
{
    [Fact]
    public void Halves_are_widened_exactly()
    {
        ushort[] codes = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        var floats = new float[codes.Length];
        ElementConversion.ToFloat32(DType.Float16, MemoryMarshal.AsBytes<ushort>(codes), floats);
        for (var i = 0; i < codes.Length; i++)
            Assert.Equal((float)BitConverter.UInt16BitsToHalf(codes[i]), floats[i]);
        ElementConversion.ToFloat32(DType.BFloat16, MemoryMarshal.AsBytes<ushort>(codes), floats);
        for (var i = 0; i < codes.Length; i++)
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(floats[i]));
    }

    [Theory]
    [InlineData(DType.Float8E4M3, 0x7E, 448f)]
    [InlineData(DType.Float8E4M3, 0x01, 0.001953125f)]
    [InlineData(DType.Float8E4M3, 0x38, 1f)]
    [InlineData(DType.Float8E4M3, 0xB8, -1f)]
    [InlineData(DType.Float8E4M3, 0x7F, float.NaN)]
    [InlineData(DType.Float8E5M2, 0x7B, 57344f)]
    [InlineData(DType.Float8E5M2, 0x01, 1.52587890625e-05f)]
    [InlineData(DType.Float8E5M2, 0x3C, 1f)]
    [InlineData(DType.Float8E5M2, 0xFC, float.NegativeInfinity)]
    [InlineData(DType.Float8E5M2, 0x7D, float.NaN)]
    public void Eight_bit_floats_have_their_values(DType type, byte code, float expected)
    {
        var value = new float[1];
        ElementConversion.ToFloat32(type, [code], value);
        Assert.Equal(expected, value[0]);
    }

    [Fact]
    public void Integers_and_doubles_are_widened()
    {
        Assert.Equal([-1f, 2], Widen<sbyte>(DType.Int8, -1, 2));
        Assert.Equal([255f, 2], Widen<byte>(DType.UInt8, 255, 2));
        Assert.Equal([-300f, 2], Widen<short>(DType.Int16, -300, 2));
        Assert.Equal([65535f, 2], Widen<ushort>(DType.UInt16, 65535, 2));
        Assert.Equal([-70000f, 2], Widen(DType.Int32, -70000, 2));
        Assert.Equal([4294967296f, 2], Widen<uint>(DType.UInt32, uint.MaxValue, 2));
        Assert.Equal([-1e12f, 2], Widen<long>(DType.Int64, -1_000_000_000_000, 2));
        Assert.Equal([1.8446744e19f, 2], Widen<ulong>(DType.UInt64, ulong.MaxValue, 2));
        Assert.Equal([0.1f, 2], Widen<double>(DType.Float64, 0.1, 2));
        Assert.Equal([1f, 0], Widen<byte>(DType.Bool, 2, 0));
    }

    [Fact]
    public void Narrowing_rounds_to_nearest_even()
    {
        float[] values = [1f, 1.00390625f, 1.01171875f, -3.4e38f, float.NaN, float.PositiveInfinity];
        var bytes = new byte[12];
        ElementConversion.FromFloat32(values, DType.BFloat16, bytes);
        Assert.Equal([0x3F80, 0x3F80, 0x3F82, 0xFF80, 0xFFC0, 0x7F80], Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), code => (int)code));
        ElementConversion.FromFloat32(values, DType.Float16, bytes);
        Assert.Equal((Half)1.00390625f, MemoryMarshal.Cast<byte, Half>(bytes)[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ElementConversion.FromFloat32(values, DType.Int8, new byte[6]));
    }

    static float[] Widen<T>(DType type, params T[] values)
        where T : unmanaged
    {
        var floats = new float[values.Length];
        ElementConversion.ToFloat32(type, MemoryMarshal.AsBytes<T>(values), floats);
        return floats;
    }
}
