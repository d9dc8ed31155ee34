namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>A convolution (with its bias) followed by ReLU, leaky ReLU, sigmoid or tanh becomes one com.microsoft FusedConv.</summary>
public sealed class ConvActivationFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "convolution and activation";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (node.Domain.Length > 0 || node.Op is not ("Relu" or "LeakyRelu" or "Sigmoid" or "Tanh")) return null;
        if (node.Inputs[0].By("Conv") is not { } conv || conv.Outputs[0].Type != DType.Float32 || !rewriter.UsedOnce(conv.Outputs[0])) return null;
        float[]? parameters = node.Op == "LeakyRelu" ? [node.Attributes.Float("alpha", 0.01f)] : null;
        var attributes = NodeAttributes.Of(
            [.. conv.Attributes.Entries.Select(e => (e.Name, (object?)e.Value)), ("activation", node.Op), ("activation_params", parameters)]);
        return rewriter.Target.Add(
            "FusedConv", [.. conv.Inputs.Select(i => i is null ? null : rewriter[i])], [(node.Outputs[0].Type, node.Outputs[0].Shape)],
            attributes, Node.Microsoft).Outputs;
    });
}
