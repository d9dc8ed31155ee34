using System.Buffers;

namespace MultiModal.Runtime.Weights;

/// <summary>Hands a tensor's bytes over in parts, without holding the whole where its source can be read in parts.</summary>
static class TensorBytes
{
    const int PartLength = 1 << 20;

    public delegate void Receiver(ReadOnlySpan<byte> part);

    public static void Stream(WeightTensor tensor, Receiver receive, CancellationToken cancellationToken)
    {
        var length = tensor.ByteLength;
        if (!tensor.ReadsRanges)
        {
            if (length > Array.MaxLength)
                throw new NotSupportedException($"{tensor} is larger than 2 GB and cannot be read in parts.");
            if (tensor is MemoryTensor memory)
            {
                receive(memory.Data.Bytes);
                return;
            }
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, tensor.ReadsRanges ? PartLength : length));
        try
        {
            if (!tensor.ReadsRanges)
            {
                tensor.CopyTo(buffer.AsSpan(0, (int)length));
                receive(buffer.AsSpan(0, (int)length));
                return;
            }

            for (var start = 0L; start < length; start += PartLength)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var part = buffer.AsSpan(0, (int)Math.Min(PartLength, length - start));
                tensor.CopyRange(start, part);
                receive(part);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
