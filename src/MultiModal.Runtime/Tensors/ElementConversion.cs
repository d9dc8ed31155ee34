using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MultiModal.Runtime;

/// <summary>Conversion of elements between the stored types and float32.</summary>
public static class ElementConversion
{
    static readonly float[] fromE4M3 = Table(mantissaBits: 3, bias: 7);
    static readonly float[] fromE5M2 = Table(mantissaBits: 2, bias: 15);

    /// <summary>Widens elements to float32. Float64 and integers of more than 24 bits are rounded to the nearest.</summary>
    /// <param name="type">The type of the source's elements.</param>
    /// <param name="source">The elements, little-endian.</param>
    /// <param name="destination">As many floats as the source has elements, or more.</param>
    /// <exception cref="ArgumentException">The destination is too short, or the source does not hold whole elements.</exception>
    public static void ToFloat32(DType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        var count = source.Length / type.Size();
        if (source.Length % type.Size() != 0 || destination.Length < count)
            throw new ArgumentException($"{source.Length} bytes of {type} do not fit {destination.Length} floats.", nameof(destination));
        destination = destination[..count];
        switch (type)
        {
            case DType.Float32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case DType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case DType.BFloat16:
                // A bfloat16 is the upper half of the float: widen to 32 bits and shift.
                var bits = MemoryMarshal.Cast<float, uint>(destination);
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, ushort>(source), bits);
                TensorPrimitives.ShiftLeft<uint>(bits, 16, bits);
                break;
            case DType.Float8E4M3:
                LookUp(source, fromE4M3, destination);
                break;
            case DType.Float8E5M2:
                LookUp(source, fromE5M2, destination);
                break;
            case DType.Float64:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(source), destination);
                break;
            case DType.Bool:
                for (var i = 0; i < count; i++)
                    destination[i] = source[i] == 0 ? 0 : 1;
                break;
            case DType.UInt8:
                Convert<byte>(source, destination);
                break;
            case DType.Int8:
                Convert<sbyte>(source, destination);
                break;
            case DType.UInt16:
                Convert<ushort>(source, destination);
                break;
            case DType.Int16:
                Convert<short>(source, destination);
                break;
            case DType.UInt32:
                Convert<uint>(source, destination);
                break;
            case DType.Int32:
                Convert<int>(source, destination);
                break;
            case DType.UInt64:
                Convert<ulong>(source, destination);
                break;
            case DType.Int64:
                Convert<long>(source, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type.");
        }
    }

    /// <summary>Narrows float32 to a floating-point type of storage, rounding to nearest, ties to even.</summary>
    /// <param name="source">The elements.</param>
    /// <param name="type">Float32, Float16, BFloat16 or Float64.</param>
    /// <param name="destination">The bytes of the elements in that type, little-endian.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The type is another one.</exception>
    public static void FromFloat32(ReadOnlySpan<float> source, DType type, Span<byte> destination)
    {
        if (destination.Length < (long)source.Length * type.Size())
            throw new ArgumentException($"{source.Length} elements of {type} do not fit {destination.Length} bytes.", nameof(destination));
        switch (type)
        {
            case DType.Float32:
                source.CopyTo(MemoryMarshal.Cast<byte, float>(destination));
                break;
            case DType.Float16:
                TensorPrimitives.ConvertToHalf(source, MemoryMarshal.Cast<byte, Half>(destination));
                break;
            case DType.BFloat16:
                var narrow = MemoryMarshal.Cast<byte, ushort>(destination);
                for (var i = 0; i < source.Length; i++)
                    narrow[i] = ToBFloat16(source[i]);
                break;
            case DType.Float64:
                TensorPrimitives.ConvertTruncating(source, MemoryMarshal.Cast<byte, double>(destination));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Weights are narrowed to floating-point types of 16 bits or more.");
        }
    }

    /// <summary>Rounds a float to bfloat16, to nearest, ties to even.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its sixteen bits.</returns>
    internal static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    static void Convert<T>(ReadOnlySpan<byte> source, Span<float> destination)
        where T : unmanaged, System.Numerics.INumberBase<T> =>
        TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, T>(source), destination);

    static void LookUp(ReadOnlySpan<byte> source, float[] table, Span<float> destination)
    {
        for (var i = 0; i < source.Length; i++)
            destination[i] = table[source[i]];
    }

    /// <summary>The 256 values of an 8-bit float (OCP 8-bit Floating Point Specification, tables 1 and 2).</summary>
    static float[] Table(int mantissaBits, int bias)
    {
        var values = new float[256];
        for (var code = 0; code < 256; code++)
        {
            var exponent = (code & 0x7F) >> mantissaBits;
            var mantissa = code & ((1 << mantissaBits) - 1);
            var magnitude = exponent == 0
                ? MathF.ScaleB(mantissa, 1 - bias - mantissaBits)
                : MathF.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
            // E5M2 keeps IEEE's infinity and NaN; E4M3 (the "fn" form) spends only the last code on NaN.
            if (mantissaBits == 2 && exponent == 31)
                magnitude = mantissa == 0 ? float.PositiveInfinity : float.NaN;
            else if (mantissaBits == 3 && (code & 0x7F) == 0x7F)
                magnitude = float.NaN;
            values[code] = code < 128 ? magnitude : -magnitude;
        }

        return values;
    }
}
