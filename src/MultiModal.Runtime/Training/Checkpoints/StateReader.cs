using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Training.Checkpoints;

/// <summary>Gives a part of a training what it held.</summary>
public sealed class StateReader
{
    readonly IWeightSource source;
    readonly HashSet<string> read;
    readonly string prefix;

    internal StateReader(IWeightSource source, HashSet<string> read, string prefix) => (this.source, this.read, this.prefix) = (source, read, prefix);

    /// <summary>Reads into a tensor at hand.</summary>
    /// <param name="name">The name in this part.</param>
    /// <param name="into">A tensor of the type and shape that was saved.</param>
    /// <exception cref="InvalidFileException">There is none of that name, or it is of another type or shape.</exception>
    public void Read(string name, TensorData into)
    {
        ArgumentNullException.ThrowIfNull(into);
        Find(name, into.Type, into.Dimensions).CopyTo(into.Bytes);
    }

    /// <summary>Reads into an array at hand.</summary>
    /// <inheritdoc cref="Read(string, TensorData)"/>
    public void Read(string name, float[] into)
    {
        ArgumentNullException.ThrowIfNull(into);
        Read(name, TensorData.Of(into, into.Length));
    }

    /// <summary>Reads an integer.</summary>
    /// <inheritdoc cref="Read(string, TensorData)"/>
    public long ReadInteger(string name)
    {
        var value = TensorData.Scalar(0L);
        Read(name, value);
        return value.Longs[0];
    }

    /// <summary>Reads a number in double precision.</summary>
    /// <inheritdoc cref="Read(string, TensorData)"/>
    public double ReadNumber(string name)
    {
        var value = TensorData.Of([0.0]);
        Read(name, value);
        return BitConverter.ToDouble(value.Bytes);
    }

    /// <summary>Reads bytes.</summary>
    /// <inheritdoc cref="Read(string, TensorData)"/>
    public byte[] ReadBytes(string name)
    {
        var tensor = Find(name, DType.UInt8, null);
        var bytes = new byte[tensor.ByteLength];
        tensor.CopyTo(bytes);
        return bytes;
    }

    WeightTensor Find(string name, DType type, IReadOnlyList<long>? dimensions)
    {
        if (source.Find(prefix + name) is not { } tensor)
            throw new InvalidFileException(source.Name, $"it has no '{prefix}{name}': it is the checkpoint of another training.");
        if (tensor.Type != type || (dimensions is not null && !tensor.Dimensions.SequenceEqual(dimensions)))
        {
            var wanted = dimensions is null ? $"{type}" : $"{type}[{string.Join(", ", dimensions)}]";
            throw new InvalidFileException(source.Name, $"{tensor} should be {wanted}: it is the checkpoint of another training.");
        }

        read.Add(prefix + name);
        return tensor;
    }
}
