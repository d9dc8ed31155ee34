namespace MultiModal.Runtime;

/// <summary>Facts about element types.</summary>
public static class DTypeExtensions
{
    /// <summary>Bytes one element takes.</summary>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of <see cref="DType"/>.</exception>
    public static int Size(this DType type) => type switch
    {
        DType.UInt8 or DType.Int8 or DType.Bool or DType.Float8E4M3 or DType.Float8E5M2 => 1,
        DType.UInt16 or DType.Int16 or DType.Float16 or DType.BFloat16 => 2,
        DType.Float32 or DType.Int32 or DType.UInt32 => 4,
        DType.Float64 or DType.Int64 or DType.UInt64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type."),
    };

    /// <summary>Whether the type holds real numbers (of any width).</summary>
    /// <param name="type">The element type.</param>
    public static bool IsFloat(this DType type) =>
        type is DType.Float32 or DType.Float16 or DType.BFloat16 or DType.Float64 or DType.Float8E4M3 or DType.Float8E5M2;
}
