using System.Buffers;
using System.Runtime.InteropServices;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Sessions;

/// <summary>Reads weights in the type a graph computes with.</summary>
static class WeightElements
{
    /// <summary>Copies elements of a weight, converted.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="start">The first element.</param>
    /// <param name="destination">Room for the elements wanted, in the weight's <see cref="OnnxWeight.Type"/>.</param>
    public static void Read(OnnxWeight weight, long start, Span<byte> destination)
    {
        var count = destination.Length / weight.Type.Size();
        if (weight.Data is { } data)
        {
            data.Bytes.Slice(checked((int)(start * weight.Type.Size())), destination.Length).CopyTo(destination);
            return;
        }

        var source = weight.Source!;
        var bytes = ArrayPool<byte>.Shared.Rent(count * source.Type.Size());
        try
        {
            var stored = bytes.AsSpan(0, count * source.Type.Size());
            ReadStored(source, start * source.Type.Size(), stored);
            Convert(weight, stored, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Whether a part of the weight can be read without the rest.</summary>
    public static bool IsDivisible(OnnxWeight weight) => weight.Source is null or { ReadsRanges: true };

    static void ReadStored(WeightTensor source, long offset, Span<byte> destination)
    {
        if (source.ReadsRanges)
            source.CopyRange(offset, destination);
        else
            source.CopyTo(destination);
    }

    static void Convert(OnnxWeight weight, ReadOnlySpan<byte> stored, Span<byte> destination)
    {
        if (weight.StoredType == weight.Type)
        {
            stored.CopyTo(destination);
            return;
        }

        if (weight.Type is DType.Float32)
        {
            ElementConversion.ToFloat32(weight.StoredType, stored, MemoryMarshal.Cast<byte, float>(destination));
            return;
        }

        if (weight.Type is not (DType.Float16 or DType.BFloat16) || !weight.StoredType.IsFloat())
            throw new ModelLoadException($"The weight {weight} is stored as {weight.StoredType}, for which there is no conversion.");
        var wide = ArrayPool<float>.Shared.Rent(destination.Length / 2);
        try
        {
            var floats = wide.AsSpan(0, destination.Length / 2);
            ElementConversion.ToFloat32(weight.StoredType, stored, floats);
            ElementConversion.FromFloat32(floats, weight.Type, destination);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(wide);
        }
    }
}
