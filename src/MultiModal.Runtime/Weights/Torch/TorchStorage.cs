namespace MultiModal.Runtime.Weights.Torch;

/// <summary>A run of bytes that tensors of a checkpoint are views of.</summary>
/// <remarks>The pickle names it by key and size before anyone knows where it lies; <see cref="Data"/> is set when that is found.</remarks>
sealed class TorchStorage(string key, DType? type, long byteLength)
{
    public string Key => key;

    /// <summary>The type of the elements; null for an untyped storage, whose size is in bytes.</summary>
    public DType? Type => type;

    public long ByteLength => byteLength;

    public IStorageData? Data { get; set; }

    /// <summary>Whether the bytes of each element are reversed.</summary>
    public bool BigEndian { get; set; }
}
