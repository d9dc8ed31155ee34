namespace MultiModal.Runtime.Graphs.Onnx;

/// <summary>A compiled model: the graph as an ONNX protobuf, and the weights it leaves outside.</summary>
/// <remarks>
/// The protobuf has no initializer for the weights listed here: whoever uses the model appends them in the form that suits it.
/// (Protobuf messages merge by concatenation, so the bytes of a ModelProto whose graph holds only initializers can simply follow.)
/// </remarks>
public sealed class OnnxModel
{
    /// <summary>Puts a model together.</summary>
    /// <param name="proto">A serialised ModelProto without the weights.</param>
    /// <param name="weights">The weights, each once.</param>
    /// <param name="inputs">The graph's inputs, in its order.</param>
    /// <param name="outputs">The graph's outputs, in its order.</param>
    public OnnxModel(
        ReadOnlyMemory<byte> proto,
        IReadOnlyList<OnnxWeight> weights,
        IReadOnlyList<OnnxValue> inputs,
        IReadOnlyList<OnnxValue> outputs)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        Proto = proto;
        Weights = weights;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>The serialised ModelProto. It holds small constants, but none of <see cref="Weights"/>.</summary>
    public ReadOnlyMemory<byte> Proto { get; }

    /// <summary>The weights outside of the protobuf.</summary>
    public IReadOnlyList<OnnxWeight> Weights { get; }

    /// <summary>What a run must be given.</summary>
    public IReadOnlyList<OnnxValue> Inputs { get; }

    /// <summary>What a run gives.</summary>
    public IReadOnlyList<OnnxValue> Outputs { get; }
}
