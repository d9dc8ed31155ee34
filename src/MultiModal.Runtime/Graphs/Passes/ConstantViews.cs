namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Known values in another arrangement: each result is read from its source with strides of its own.</summary>
static class ConstantViews
{
    public static TensorData Broadcast(TensorData x, long[] shape)
    {
        var own = Strides(x.Dimensions);
        var strides = new long[shape.Length];
        for (var i = 1; i <= own.Length; i++) strides[^i] = x.Dimensions[^i] == 1 ? 0 : own[^i];
        return Read(x, shape, strides);
    }

    public static TensorData Transpose(TensorData x, long[] order, long[] shape)
    {
        var own = Strides(x.Dimensions);
        return Read(x, shape, [.. order.Select(a => own[a])]);
    }

    /// <summary>Starts, ends, axes and steps as Slice has them; null for a step that is not 1 or more.</summary>
    public static TensorData? Slice(IReadOnlyList<TensorData?> inputs, long[] shape)
    {
        if (inputs is not [{ } x, { Type: DType.Int64 } starts, _, { Type: DType.Int64 } axes, { Type: DType.Int64 } steps]) return null;
        var strides = Strides(x.Dimensions);
        var offset = 0L;
        for (var i = 0; i < axes.Length; i++)
        {
            var (axis, start, step) = ((int)axes.Longs[i], starts.Longs[i], steps.Longs[i]);
            if (axis < 0 || start < 0 || step < 1) return null;
            offset += start * strides[axis];
            strides[axis] *= step;
        }

        return Read(x, shape, strides, offset);
    }

    public static TensorData Concat(IReadOnlyList<TensorData?> parts, int axis, long[] shape)
    {
        var result = TensorData.Zeros(parts[0]!.Type, shape);
        var rows = (int)TensorData.ElementCount(shape.AsSpan(0, axis));
        var at = 0;
        for (var row = 0; row < rows; row++)
        {
            foreach (var part in parts)
            {
                var length = part!.Bytes.Length / rows;
                part.Bytes.Slice(row * length, length).CopyTo(result.Bytes[at..]);
                at += length;
            }
        }

        return result;
    }

    /// <summary>Null for indices that are out of range, which is for the run to report, or not Int64.</summary>
    public static TensorData? Gather(TensorData x, TensorData indices, int axis, long[] shape)
    {
        var count = x.Dimensions[axis];
        if (indices.Type != DType.Int64) return null;
        foreach (var index in indices.Longs)
            if (index < -count || index >= count) return null;
        var result = TensorData.Zeros(x.Type, shape);
        var rows = (int)TensorData.ElementCount([.. x.Dimensions.Take(axis)]);
        var length = (int)TensorData.ElementCount([.. x.Dimensions.Skip(axis + 1)]) * x.Type.Size();
        var at = 0;
        for (var row = 0; row < rows; row++)
        {
            foreach (var index in indices.Longs)
            {
                x.Bytes.Slice((int)((row * count) + (index < 0 ? index + count : index)) * length, length).CopyTo(result.Bytes[at..]);
                at += length;
            }
        }

        return result;
    }

    public static TensorData Triangle(TensorData x, long diagonal, bool upper)
    {
        var result = TensorData.OfBytes(x.Type, x.Bytes.ToArray(), [.. x.Dimensions]);
        var (rows, columns, size) = (x.Dimensions[^2], x.Dimensions[^1], x.Type.Size());
        for (var i = 0; i < result.Length; i++)
        {
            var distance = (i % columns) - (i / columns % rows) - diagonal;
            if (upper ? distance < 0 : distance > 0) result.Bytes.Slice(i * size, size).Clear();
        }

        return result;
    }

    static long[] Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        for (long i = shape.Count - 1, step = 1; i >= 0; step *= shape[(int)i], i--) strides[i] = step;
        return strides;
    }

    /// <summary>A copy that reads from an offset with given strides, in elements of the source.</summary>
    static TensorData Read(TensorData x, long[] shape, long[] strides, long offset = 0)
    {
        var result = TensorData.Zeros(x.Type, shape);
        var size = x.Type.Size();
        var from = x.Bytes;
        var to = result.Bytes;
        var index = new long[shape.Length];
        for (var i = 0; i < result.Length; i++)
        {
            from.Slice((int)offset * size, size).CopyTo(to[(i * size)..]);
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++index[axis] < shape[axis]) break;
                offset -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}
