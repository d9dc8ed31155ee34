namespace MultiModal.Runtime.Graphs.Onnx;

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Type">The type of the elements.</param>
/// <param name="Dimensions">The axes, outermost first; none for a scalar.</param>
public sealed record OnnxValue(string Name, DType Type, IReadOnlyList<OnnxDimension> Dimensions)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type}[{string.Join(", ", Dimensions)}]";
}
