namespace MultiModal.Runtime.Weights;

/// <summary>A tensor in memory under a name.</summary>
sealed class MemoryTensor(string name, TensorData data) : WeightTensor(name, data.Type, data.Dimensions)
{
    public TensorData Data => data;

    internal override bool ReadsRanges => true;

    public override void CopyTo(Span<byte> destination) => data.Bytes.CopyTo(Destination(destination));

    internal override void CopyRange(long start, Span<byte> destination) => data.Bytes.Slice((int)start, destination.Length).CopyTo(destination);
}
