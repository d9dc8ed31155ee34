namespace MultiModal.Runtime.Weights.Torch;

/// <summary>Where the bytes of a storage are.</summary>
interface IStorageData
{
    /// <summary>The file the bytes lie in as they are, and where; null when they are compressed or in memory.</summary>
    (RandomAccessFile File, long Offset)? Place { get; }

    /// <summary>Copies a part.</summary>
    void Read(long offset, Span<byte> destination);
}

/// <summary>Bytes in the file as they are.</summary>
sealed class FileStorage(RandomAccessFile file, long start) : IStorageData
{
    public (RandomAccessFile File, long Offset)? Place => (file, start);

    public void Read(long offset, Span<byte> destination) => file.Read(start + offset, destination);
}

/// <summary>Bytes in memory, of an array that the pickle itself holds.</summary>
sealed class MemoryStorage(byte[] bytes) : IStorageData
{
    public (RandomAccessFile File, long Offset)? Place => null;

    public void Read(long offset, Span<byte> destination) => bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
}
