namespace MultiModal.Runtime.Weights;

/// <summary>One tensor of a checkpoint: its type and shape at once, its elements when asked for.</summary>
public abstract class WeightTensor
{
    /// <summary>Makes the description of a tensor.</summary>
    /// <param name="name">The name in the checkpoint.</param>
    /// <param name="type">The type of the elements as stored.</param>
    /// <param name="dimensions">The length of each axis.</param>
    protected WeightTensor(string name, DType type, IReadOnlyList<long> dimensions)
    {
        Name = name;
        Type = type;
        Dimensions = dimensions;
    }

    /// <summary>The name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>The type of the elements as stored.</summary>
    public DType Type { get; }

    /// <summary>The length of each axis.</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <summary>How many elements there are.</summary>
    public long Length => TensorData.ElementCount([.. Dimensions]);

    /// <summary>How many bytes the elements take as stored.</summary>
    public long ByteLength => Length * Type.Size();

    /// <summary>Where the elements lie in a file as one row-major, little-endian run; null when they do not.</summary>
    public virtual FileRegion? Region => null;

    /// <summary>Copies the elements as stored.</summary>
    /// <param name="destination">At least <see cref="ByteLength"/> bytes.</param>
    /// <exception cref="InvalidFileException">The file ended before the tensor did.</exception>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <exception cref="ObjectDisposedException">The source of the tensor was disposed.</exception>
    public abstract void CopyTo(Span<byte> destination);

    /// <summary>The elements as stored at a fixed address: the file's own pages where they lie there as one run, a copy otherwise.</summary>
    /// <returns>Memory to dispose after use. It outlives the source.</returns>
    /// <exception cref="ObjectDisposedException">The source of the tensor was disposed.</exception>
    public virtual WeightMemory Map() => WeightMemory.CopyOf(this);

    /// <summary>Whether parts of the elements' bytes can be read by themselves, so that conversions need not hold the whole.</summary>
    internal virtual bool ReadsRanges => false;

    /// <summary>Copies a part of the elements' bytes as stored.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="destination">As many bytes as are wanted.</param>
    internal virtual void CopyRange(long start, Span<byte> destination) => throw new NotSupportedException();

    /// <summary>The part of a destination that the tensor fills.</summary>
    /// <param name="destination">What <see cref="CopyTo"/> was given.</param>
    /// <exception cref="ArgumentException">It is too short.</exception>
    protected Span<byte> Destination(Span<byte> destination) => destination.Length >= ByteLength
        ? destination[..(int)ByteLength]
        : throw new ArgumentException($"{this} takes {ByteLength} bytes; the destination has {destination.Length}.", nameof(destination));

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type}[{string.Join(", ", Dimensions)}]";
}
