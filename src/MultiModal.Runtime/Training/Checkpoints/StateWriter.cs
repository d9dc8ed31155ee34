namespace MultiModal.Runtime.Training.Checkpoints;

/// <summary>Takes what a part of a training holds.</summary>
public sealed class StateWriter
{
    readonly List<KeyValuePair<string, TensorData>> tensors;
    readonly string prefix;

    internal StateWriter(List<KeyValuePair<string, TensorData>> tensors, string prefix) => (this.tensors, this.prefix) = (tensors, prefix);

    /// <summary>Takes a tensor, which is not copied.</summary>
    /// <param name="name">Its name in this part.</param>
    /// <param name="value">Its value.</param>
    public void Write(string name, TensorData value) => tensors.Add(KeyValuePair.Create(prefix + name, value));

    /// <summary>Takes an array of floats, which is not copied.</summary>
    /// <param name="name">Its name in this part.</param>
    /// <param name="values">The numbers.</param>
    public void Write(string name, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Write(name, TensorData.Of(values, values.Length));
    }

    /// <summary>Takes an integer.</summary>
    /// <param name="name">Its name in this part.</param>
    /// <param name="value">The number.</param>
    public void Write(string name, long value) => Write(name, TensorData.Scalar(value));

    /// <summary>Takes a number in double precision.</summary>
    /// <param name="name">Its name in this part.</param>
    /// <param name="value">The number.</param>
    public void Write(string name, double value) => Write(name, TensorData.Of([value]));

    /// <summary>Takes bytes.</summary>
    /// <param name="name">Their name in this part.</param>
    /// <param name="bytes">The bytes.</param>
    public void Write(string name, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        Write(name, TensorData.OfBytes(DType.UInt8, bytes, bytes.Length));
    }
}
