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
    public abstract void CopyTo(Span<byte> destination);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type}[{string.Join(", ", Dimensions)}]";
}
