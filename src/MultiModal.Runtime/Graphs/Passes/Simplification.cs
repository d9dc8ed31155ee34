namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Leaves out operations that do nothing: a reshape of a reshape, a transpose that undoes another, times one, plus zero, a stopped gradient.</summary>
public sealed class Simplification : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "simplification";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (node.Domain.Length > 0) return null;
        var result = node.Outputs[0];
        switch (node.Op)
        {
            case "Identity":
                return [rewriter[node.Inputs[0]!]];
            case "Reshape":
                var origin = rewriter[node.Inputs[0]!];
                var reshaped = origin.Node.Is("Reshape") ? origin.Node.Inputs[0]! : origin;
                if (reshaped.Shape.Equals(result.Shape)) return [reshaped];

                // The length list of the second reshape may say "as in the input" about the first one's result: build it anew.
                return ReferenceEquals(reshaped, origin) ? null : [Ops.Reshape(reshaped, [.. result.Shape])];
            case "Transpose":
                var order = node.Attributes.Get<long[]>("perm")!;
                var input = rewriter[node.Inputs[0]!];
                if (input.Node.Is("Transpose"))
                {
                    var before = input.Node.Attributes.Get<long[]>("perm")!;
                    order = [.. order.Select(axis => before[axis])];
                    input = input.Node.Inputs[0]!;
                }

                return order.Select((axis, i) => axis == i).All(same => same) ? [input] : [Ops.Transpose(input, [.. order.Select(axis => (int)axis)])];
            case "Add" or "Sub" when node.Inputs[1].Number() == 0 && node.Inputs[0]!.Shape.Equals(result.Shape):
            case "Mul" or "Div" when node.Inputs[1].Number() == 1 && node.Inputs[0]!.Shape.Equals(result.Shape):
                return [rewriter[node.Inputs[0]!]];
            case "Add" when node.Inputs[0].Number() == 0 && node.Inputs[1]!.Shape.Equals(result.Shape):
            case "Mul" when node.Inputs[0].Number() == 1 && node.Inputs[1]!.Shape.Equals(result.Shape):
                return [rewriter[node.Inputs[1]!]];
            default:
                return null;
        }
    });
}
