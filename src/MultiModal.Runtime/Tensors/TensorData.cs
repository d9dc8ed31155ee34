using System.Runtime.InteropServices;

namespace MultiModal.Runtime;

/// <summary>A tensor in memory: elements in row-major order, their type and shape. What goes into a session and comes out of it.</summary>
/// <remarks>The contents can be written through the spans; shape and type never change.</remarks>
public sealed class TensorData
{
    readonly Array storage;

    TensorData(DType type, long[] shape, Array storage)
    {
        Type = type;
        Dimensions = shape;
        this.storage = storage;
    }

    /// <summary>The type of the elements.</summary>
    public DType Type { get; }

    /// <summary>The length of each axis. A scalar has none.</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <summary>How many elements there are.</summary>
    public int Length => storage.Length * StorageSize / Type.Size();

    /// <summary>The elements as bytes, little-endian.</summary>
    public Span<byte> Bytes => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(storage), storage.Length * StorageSize);

    /// <summary>The elements of a <see cref="DType.Float32"/> tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor is of another type.</exception>
    public Span<float> Floats => As<float>(DType.Float32);

    /// <summary>The elements of an <see cref="DType.Int64"/> tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor is of another type.</exception>
    public Span<long> Longs => As<long>(DType.Int64);

    /// <summary>The array behind the tensor, for pinning. Its element type is that of the factory that made it.</summary>
    internal Array Storage => storage;

    int StorageSize => storage is byte[] ? 1 : Type.Size();

    /// <summary>A tensor over an array of floats, which it takes over without a copy.</summary>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="dimensions">The length of each axis; their product is the array's length.</param>
    /// <exception cref="ArgumentException">The shape does not hold that many elements.</exception>
    public static TensorData Of(float[] values, params ReadOnlySpan<long> dimensions) => Make(DType.Float32, values, dimensions);

    /// <inheritdoc cref="Of(float[], ReadOnlySpan{long})"/>
    public static TensorData Of(long[] values, params ReadOnlySpan<long> dimensions) => Make(DType.Int64, values, dimensions);

    /// <inheritdoc cref="Of(float[], ReadOnlySpan{long})"/>
    public static TensorData Of(int[] values, params ReadOnlySpan<long> dimensions) => Make(DType.Int32, values, dimensions);

    /// <inheritdoc cref="Of(float[], ReadOnlySpan{long})"/>
    public static TensorData Of(double[] values, params ReadOnlySpan<long> dimensions) => Make(DType.Float64, values, dimensions);

    /// <inheritdoc cref="Of(float[], ReadOnlySpan{long})"/>
    public static TensorData Of(bool[] values, params ReadOnlySpan<long> dimensions) => Make(DType.Bool, values, dimensions);

    /// <summary>A scalar.</summary>
    /// <param name="value">Its value.</param>
    public static TensorData Scalar(float value) => Of([value]);

    /// <inheritdoc cref="Scalar(float)"/>
    public static TensorData Scalar(long value) => Of([value]);

    /// <summary>A tensor of any type over little-endian bytes, which it takes over without a copy.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <param name="bytes">The elements, row-major.</param>
    /// <param name="dimensions">The length of each axis.</param>
    /// <exception cref="ArgumentException">The shape does not hold that many bytes.</exception>
    public static TensorData OfBytes(DType type, byte[] bytes, params ReadOnlySpan<long> dimensions)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var expected = ElementCount(dimensions) * type.Size();
        if (expected != bytes.Length)
            throw new ArgumentException($"The shape [{string.Join(", ", dimensions.ToArray())}] of {type} takes {expected} bytes, not {bytes.Length}.", nameof(bytes));
        return new(type, dimensions.ToArray(), bytes);
    }

    /// <summary>A tensor of zeros.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <param name="dimensions">The length of each axis.</param>
    public static TensorData Zeros(DType type, params ReadOnlySpan<long> dimensions)
    {
        var count = checked((int)ElementCount(dimensions));
        return type switch
        {
            DType.Float32 => new(type, dimensions.ToArray(), new float[count]),
            DType.Int64 => new(type, dimensions.ToArray(), new long[count]),
            DType.Int32 => new(type, dimensions.ToArray(), new int[count]),
            DType.Float64 => new(type, dimensions.ToArray(), new double[count]),
            DType.Bool => new(type, dimensions.ToArray(), new bool[count]),
            _ => new(type, dimensions.ToArray(), new byte[checked(count * type.Size())]),
        };
    }

    /// <summary>The number of elements a shape holds.</summary>
    /// <param name="dimensions">The length of each axis; none may be negative.</param>
    /// <exception cref="OverflowException">More than 2^63 - 1.</exception>
    public static long ElementCount(params ReadOnlySpan<long> dimensions)
    {
        var count = 1L;
        foreach (var length in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(dimensions));
            count = checked(count * length);
        }

        return count;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type}[{string.Join(", ", Dimensions)}]";

    static TensorData Make<T>(DType type, T[] values, ReadOnlySpan<long> dimensions)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (ElementCount(dimensions) != values.Length)
            throw new ArgumentException($"The shape [{string.Join(", ", dimensions.ToArray())}] does not hold {values.Length} elements.", nameof(values));
        return new(type, dimensions.ToArray(), values);
    }

    Span<T> As<T>(DType type)
        where T : unmanaged =>
        Type == type ? MemoryMarshal.Cast<byte, T>(Bytes) : throw new InvalidOperationException($"The tensor is {this}, not {type}.");
}
