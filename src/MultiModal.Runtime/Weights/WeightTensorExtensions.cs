using System.Buffers;
using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Weights;

/// <summary>Ways to get a tensor of a checkpoint into memory.</summary>
public static class WeightTensorExtensions
{
    // Chunks of the conversion stay in the second-level cache.
    const int ChunkBytes = 1 << 18;

    extension(WeightTensor tensor)
    {
        /// <summary>Reads the elements as they are stored.</summary>
        /// <returns>A tensor of the stored type and shape.</returns>
        /// <exception cref="InvalidFileException">The file ended before the tensor did.</exception>
        /// <exception cref="NotSupportedException">The tensor is larger than 2 GB.</exception>
        public TensorData ToTensorData()
        {
            tensor.CheckFits(tensor.ByteLength);
            var data = TensorData.Zeros(tensor.Type, [.. tensor.Dimensions]);
            tensor.CopyTo(data.Bytes);
            return data;
        }

        /// <summary>Reads the elements, widened to float32 (see <see cref="ElementConversion.ToFloat32"/>).</summary>
        /// <returns>A float32 tensor of the same shape.</returns>
        /// <exception cref="InvalidFileException">The file ended before the tensor did.</exception>
        /// <exception cref="NotSupportedException">The tensor is larger than 2 GB in float32.</exception>
        public TensorData ToFloat32()
        {
            tensor.CheckFits(tensor.Length * sizeof(float));
            var data = TensorData.Zeros(DType.Float32, [.. tensor.Dimensions]);
            tensor.ReadFloat32(data.Floats);
            return data;
        }

        /// <summary>Reads the elements, widened to float32, into memory at hand.</summary>
        /// <param name="destination">As many floats as the tensor has elements, or more.</param>
        /// <exception cref="ArgumentException">The destination is too short.</exception>
        /// <exception cref="InvalidFileException">The file ended before the tensor did.</exception>
        public void ReadFloat32(Span<float> destination)
        {
            if (destination.Length < tensor.Length)
                throw new ArgumentException($"{tensor} does not fit {destination.Length} floats.", nameof(destination));
            destination = destination[..(int)tensor.Length];
            if (tensor.Type == DType.Float32)
            {
                tensor.CopyTo(MemoryMarshal.AsBytes(destination));
                return;
            }

            var size = tensor.Type.Size();
            if (tensor.ReadsRanges)
            {
                var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
                try
                {
                    for (var done = 0; done < destination.Length;)
                    {
                        var count = Math.Min(destination.Length - done, ChunkBytes / size);
                        var bytes = chunk.AsSpan(0, count * size);
                        tensor.CopyRange((long)done * size, bytes);
                        ElementConversion.ToFloat32(tensor.Type, bytes, destination[done..]);
                        done += count;
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(chunk);
                }

                return;
            }

            if (tensor.ByteLength > Array.MaxLength)
                throw new NotSupportedException($"{tensor} is larger than 2 GB.");
            var stored = ArrayPool<byte>.Shared.Rent((int)tensor.ByteLength);
            try
            {
                var bytes = stored.AsSpan(0, (int)tensor.ByteLength);
                tensor.CopyTo(bytes);
                ElementConversion.ToFloat32(tensor.Type, bytes, destination);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(stored);
            }
        }

        void CheckFits(long bytes)
        {
            if (bytes > int.MaxValue)
                throw new NotSupportedException($"{tensor} is larger than 2 GB and cannot be held as one array.");
        }
    }
}
