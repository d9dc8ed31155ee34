using System.Buffers;

namespace MultiModal.Runtime.Weights.Torch;

/// <summary>A view of a storage: an offset, a shape and a stride for each axis, in elements.</summary>
sealed class StridedTensor : WeightTensor
{
    // A view may show elements more than once (expand), but a file must not turn a few bytes into gigabytes.
    const long MostRepeated = 1 << 20;

    readonly TorchStorage storage;
    readonly long offset;
    readonly long[] strides;
    readonly bool contiguous;

    StridedTensor(string name, DType type, long[] dimensions, TorchStorage storage, long offset, long[] strides)
        : base(name, type, dimensions)
    {
        this.storage = storage;
        this.offset = offset;
        this.strides = strides;
        contiguous = IsContiguous(dimensions, strides);
    }

    public override FileRegion? Region =>
        Direct is var (file, start) ? new FileRegion(file.Path, start, ByteLength) : null;

    internal override bool ReadsRanges => contiguous && !storage.BigEndian;

    /// <summary>The file and the offset of the elements, where they lie there row-major and little-endian.</summary>
    (RandomAccessFile File, long Offset)? Direct =>
        ReadsRanges && storage.Data?.Place is var (file, start) ? (file, start + (offset * Type.Size())) : null;

    /// <summary>Checks a view against its storage.</summary>
    /// <returns>The tensor, or what is wrong.</returns>
    public static (StridedTensor? Tensor, string? Problem) Create(DType type, long[] dimensions, TorchStorage storage, long offset, long[] strides)
    {
        if (dimensions.Length != strides.Length)
            return (null, "A tensor has not as many strides as axes.");
        if (dimensions.Length > 64 || offset < 0 || Array.Exists(dimensions, length => length < 0) || Array.Exists(strides, stride => stride < 0))
            return (null, "A tensor's shape, stride or offset is out of range.");
        var available = storage.ByteLength / type.Size();
        try
        {
            var count = TensorData.ElementCount(dimensions);
            var end = count == 0 ? offset : checked(offset + 1);
            for (var axis = 0; axis < dimensions.Length && count > 0; axis++)
                end = checked(end + ((dimensions[axis] - 1) * strides[axis]));
            if (end > available)
                return (null, $"A tensor reaches to element {end} of storage '{storage.Key}', which has {available}.");
            if (count > Math.Max(available, MostRepeated))
                return (null, $"A tensor shows the {available} elements of storage '{storage.Key}' as {count}.");
            _ = checked(count * sizeof(double));
        }
        catch (OverflowException)
        {
            return (null, "A tensor's shape, stride or offset is out of range.");
        }

        return (new("", type, dimensions, storage, offset, strides), null);
    }

    /// <summary>The same view under a name.</summary>
    public StridedTensor Named(string name) => new(name, Type, (long[])Dimensions, storage, offset, strides);

    public override void CopyTo(Span<byte> destination)
    {
        destination = Destination(destination);
        if (destination.IsEmpty)
            return;
        if (contiguous)
            Data.Read(offset * Type.Size(), destination);
        else
            Gather(destination);
        if (storage.BigEndian)
            Reverse(destination, Type.Size());
    }

    public override WeightMemory Map() =>
        Direct is var (file, start) && ByteLength > 0 && start % Type.Size() == 0 ? file.Lease(start, ByteLength) : base.Map();

    internal override void CopyRange(long start, Span<byte> destination) => Data.Read((offset * Type.Size()) + start, destination);

    IStorageData Data => storage.Data ?? throw new InvalidOperationException($"Storage '{storage.Key}' was never found.");

    /// <summary>Reads the stretch of the storage that the view touches, then picks its elements in row-major order.</summary>
    void Gather(Span<byte> destination)
    {
        var size = Type.Size();
        var last = 0L;
        for (var axis = 0; axis < strides.Length; axis++)
            last += (Dimensions[axis] - 1) * strides[axis];
        var bytes = (last + 1) * size;
        if (bytes > Array.MaxLength)
            throw new NotSupportedException($"{this} is a view of more than 2 GB.");
        var source = ArrayPool<byte>.Shared.Rent((int)bytes);
        try
        {
            Data.Read(offset * size, source.AsSpan(0, (int)bytes));
            var index = new long[strides.Length];
            var at = 0L;
            for (var written = 0; written < destination.Length; written += size)
            {
                source.AsSpan((int)(at * size), size).CopyTo(destination[written..]);
                for (var axis = strides.Length - 1; axis >= 0; axis--)
                {
                    at += strides[axis];
                    if (++index[axis] < Dimensions[axis])
                        break;
                    at -= strides[axis] * index[axis];
                    index[axis] = 0;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(source);
        }
    }

    static bool IsContiguous(long[] dimensions, long[] strides)
    {
        var expected = 1L;
        for (var axis = dimensions.Length - 1; axis >= 0; axis--)
        {
            if (dimensions[axis] == 0)
                return true;
            // The stride of an axis of length one is never used.
            if (dimensions[axis] != 1 && strides[axis] != expected)
                return false;
            expected *= dimensions[axis];
        }

        return true;
    }

    static void Reverse(Span<byte> bytes, int size)
    {
        for (var i = 0; i < bytes.Length && size > 1; i += size)
            bytes.Slice(i, size).Reverse();
    }
}
