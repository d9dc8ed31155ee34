namespace MultiModal.Runtime.Training;

/// <summary>A parameter being trained: its master copy in float32 and its gradient, both at fixed places for as long as it lives.</summary>
/// <remarks>Sessions read the value at each run, so that a change of it needs no other step. Not to be changed during a run.</remarks>
public sealed class TrainableParameter
{
    internal TrainableParameter(string name, TensorData value)
    {
        Name = name;
        Value = value;
        Gradient = TensorData.Zeros(DType.Float32, [.. value.Dimensions]);
    }

    /// <summary>The name in the graph and in checkpoints.</summary>
    public string Name { get; }

    /// <summary>The value, float32.</summary>
    public TensorData Value { get; }

    /// <summary>The gradient of the last runs, float32, of the value's shape; zeros before the first.</summary>
    public TensorData Gradient { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Value}";
}
