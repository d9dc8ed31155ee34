namespace MultiModal.Runtime.Weights;

/// <summary>An array that <see cref="TorchWriter"/> writes as numpy's, for programs that keep such beside tensors (clusters of So-VITS-SVC).</summary>
/// <remarks>Programs read it by plain torch.load; with weights_only=True PyTorch refuses numpy's classes unless they are allowed.</remarks>
public sealed class NumpyArray
{
    /// <summary>Wraps values.</summary>
    /// <param name="values">float32.</param>
    /// <exception cref="ArgumentException">They are of another type.</exception>
    public NumpyArray(TensorData values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Type != DType.Float32) throw new ArgumentException($"The array is of {values.Type}; float32 is supported.", nameof(values));
        Values = values;
    }

    /// <summary>The values.</summary>
    public TensorData Values { get; }
}
