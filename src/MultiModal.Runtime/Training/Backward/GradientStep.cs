using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>A node on the way back: what it computed, from what, and the gradients that have come to its outputs.</summary>
sealed class GradientStep(Node node, IReadOnlyList<Tensor?> gradients)
{
    public Node Node => node;

    public Graph Graph => node.Outputs[0].Graph;

    public NodeAttributes Attributes => node.Attributes;

    /// <summary>An input of the node.</summary>
    public Tensor this[int index] => node.Inputs[index]!;

    /// <summary>The node's first output.</summary>
    public Tensor Y => node.Outputs[0];

    /// <summary>The gradient of the first output, perhaps with length 1 along axes on which it does not depend.</summary>
    public Tensor G => gradients[0]!;

    /// <summary>The gradient of the first output in its full shape.</summary>
    public Tensor Full => Gradient(0);

    /// <summary>The gradient of an output in its full shape; zeros where none has come.</summary>
    public Tensor Gradient(int output)
    {
        var value = node.Outputs[output];
        return gradients[output] is { } gradient ? Ops.Expand(gradient, [.. value.Shape]) : Ops.Full(Graph, value.Type, 0, [.. value.Shape]);
    }

    /// <summary>The integers that an input holds, where it is a constant.</summary>
    public long[]? Integers(int index) =>
        node.Inputs[index]?.Node.Value is { Type: DType.Int64 } value ? value.Longs.ToArray() : null;
}
