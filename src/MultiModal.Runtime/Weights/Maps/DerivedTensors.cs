using System.Buffers;
using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Weights.Maps;

/// <summary>A tensor under another name, or seen as another shape, or a run of its first axis: bytes unchanged, wherever they lie.</summary>
sealed class PartTensor(string name, WeightTensor whole, long[] dimensions, long start) : WeightTensor(name, whole.Type, dimensions)
{
    public override FileRegion? Region =>
        whole.Region is { } region ? new FileRegion(region.Path, region.Offset + start, ByteLength) : null;

    internal override bool ReadsRanges => whole.ReadsRanges;

    public override void CopyTo(Span<byte> destination)
    {
        destination = Destination(destination);
        if (start == 0 && ByteLength == whole.ByteLength)
        {
            whole.CopyTo(destination);
        }
        else if (whole.ReadsRanges)
        {
            whole.CopyRange(start, destination);
        }
        else
        {
            var buffer = ArrayPool<byte>.Shared.Rent(checked((int)whole.ByteLength));
            whole.CopyTo(buffer);
            buffer.AsSpan((int)start, destination.Length).CopyTo(destination);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override WeightMemory Map() => start == 0 && ByteLength == whole.ByteLength ? whole.Map() : base.Map();

    internal override void CopyRange(long from, Span<byte> destination) => whole.CopyRange(start + from, destination);
}

/// <summary>A matrix with its axes exchanged.</summary>
sealed class TransposedTensor(string name, WeightTensor matrix)
    : WeightTensor(name, matrix.Type, [matrix.Dimensions[1], matrix.Dimensions[0]])
{
    public override void CopyTo(Span<byte> destination)
    {
        destination = Destination(destination);
        var size = Type.Size();
        var (rows, columns) = ((int)matrix.Dimensions[0], (int)matrix.Dimensions[1]);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(ByteLength, 1));
        matrix.CopyTo(buffer);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                buffer.AsSpan(((row * columns) + column) * size, size).CopyTo(destination[(((column * rows) + row) * size)..]);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }
}

/// <summary>
/// A weight kept as length and direction (Salimans and Kingma 2016): w = g * v / |v|, the norm taken over the axes in which g has one
/// element. That is every axis but the first for torch.nn.utils.weight_norm, and every axis but the last for HuBERT's positions.
/// </summary>
sealed class WeightNormTensor(string name, WeightTensor length, WeightTensor direction)
    : WeightTensor(name, DType.Float32, direction.Dimensions)
{
    public override void CopyTo(Span<byte> destination)
    {
        var weights = MemoryMarshal.Cast<byte, float>(Destination(destination));
        direction.ReadFloat32(weights);
        var lengths = new float[length.Length];
        length.ReadFloat32(lengths);
        // The group of an element: its place along the axes that g keeps.
        var strides = new int[Dimensions.Count];
        var stride = 1;
        for (var axis = strides.Length - 1; axis >= 0; axis--)
        {
            var kept = length.Dimensions.Count == strides.Length ? (int)length.Dimensions[axis] : 1;
            strides[axis] = kept == 1 ? 0 : stride;
            stride *= kept;
        }

        // Axes behind the last one kept share a group: they go as one run.
        var runAxis = strides.Length;
        var run = 1;
        while (runAxis > 0 && strides[runAxis - 1] == 0)
            run *= (int)Dimensions[--runAxis];

        var squares = new double[lengths.Length];
        var group = new GroupWalk(Dimensions, strides, runAxis);
        for (var i = 0; i < weights.Length; i += run)
        {
            foreach (var value in weights.Slice(i, run))
                squares[group.Current] += (double)value * value;
            group.Next();
        }

        group = new GroupWalk(Dimensions, strides, runAxis);
        for (var i = 0; i < weights.Length; i += run)
        {
            var factor = (float)(lengths[group.Current] / Math.Sqrt(squares[group.Current]));
            foreach (ref var value in weights.Slice(i, run))
                value *= factor;
            group.Next();
        }
    }

    /// <summary>Counts through the axes before the run, keeping the group's index.</summary>
    struct GroupWalk(IReadOnlyList<long> dimensions, int[] strides, int axes)
    {
        readonly long[] index = new long[axes];

        public int Current { get; private set; }

        public void Next()
        {
            for (var axis = axes - 1; axis >= 0; axis--)
            {
                Current += strides[axis];
                if (++index[axis] < dimensions[axis])
                    return;
                Current -= strides[axis] * (int)index[axis];
                index[axis] = 0;
            }
        }
    }
}
