namespace MultiModal.Runtime.Weights;

/// <summary>A tensor that lies in a file as one row-major run.</summary>
sealed class FileTensor(string name, DType type, IReadOnlyList<long> dimensions, RandomAccessFile file, long offset)
    : WeightTensor(name, type, dimensions)
{
    public override FileRegion? Region => new FileRegion(file.Path, offset, ByteLength);

    public override void CopyTo(Span<byte> destination) => file.Read(offset, Destination(destination), $"tensor '{Name}'");

    internal override bool ReadsRanges => true;

    internal override void CopyRange(long start, Span<byte> destination) => file.Read(offset + start, destination, $"tensor '{Name}'");

    public override WeightMemory Map() =>
        // Nothing obliges a file to align its tensors; elements across their natural boundary are copied into place.
        ByteLength == 0 || offset % Type.Size() != 0 ? WeightMemory.CopyOf(this) : file.Lease(offset, ByteLength);
}
