namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>Copies a graph node by node in the order of dependence, with some nodes replaced.</summary>
sealed class Rewriter
{
    readonly Dictionary<Tensor, Tensor> copies = [];
    readonly Dictionary<Tensor, int> uses = [];

    Rewriter(Graph source)
    {
        foreach (var node in source.Reachable())
            foreach (var input in node.Inputs)
                if (input is not null) uses[input] = uses.GetValueOrDefault(input) + 1;
        foreach (var (_, tensor) in source.Outputs) uses[tensor] = uses.GetValueOrDefault(tensor) + 1;
    }

    /// <summary>The graph being made.</summary>
    public Graph Target { get; } = new();

    /// <summary>What a tensor of the old graph has become.</summary>
    public Tensor this[Tensor old] => copies[old];

    /// <summary>Rewrites a graph.</summary>
    /// <param name="source">The old graph.</param>
    /// <param name="rule">Given a node of the old graph, its outputs in the new one, or null to copy it.</param>
    /// <param name="parameterRule">Given a parameter of the old graph and the new graph, what it becomes there, or null to copy it.</param>
    public static Graph Rewrite(
        Graph source, Func<Node, Rewriter, IReadOnlyList<Tensor>?> rule, Func<Tensor, Graph, Tensor?>? parameterRule = null)
    {
        var rewriter = new Rewriter(source);
        foreach (var input in source.Inputs) rewriter.copies[input] = rewriter.Target.Input(input.Node.Name!, input.Type, [.. input.Shape]);
        foreach (var node in source.Reachable())
        {
            if (node.Op == Node.InputOp) continue;
            if (node.Op == Node.ParameterOp && parameterRule?.Invoke(node.Outputs[0], rewriter.Target) is { } replaced)
            {
                rewriter.copies[node.Outputs[0]] = replaced;
                continue;
            }

            var outputs = (node.IsLeaf ? null : rule(node, rewriter)) ?? rewriter.Copy(node);
            for (var i = 0; i < outputs.Count; i++) rewriter.copies[node.Outputs[i]] = outputs[i];
        }

        foreach (var (name, tensor) in source.Outputs) rewriter.Target.Output(name, rewriter[tensor]);
        return rewriter.Target;
    }

    /// <summary>Whether nothing but one node reads a tensor, so that it need not exist once that node is replaced.</summary>
    public bool UsedOnce(Tensor old) => Uses(old) == 1;

    /// <summary>How often a tensor is read, by nodes or as an output.</summary>
    public int Uses(Tensor old) => uses.GetValueOrDefault(old);

    /// <summary>The node as it is, reading what its inputs have become.</summary>
    public IReadOnlyList<Tensor> Copy(Node node) => node.Op switch
    {
        Node.ParameterOp => [Target.Parameter(node.Name!, node.Outputs[0].Type, [.. node.Outputs[0].Shape])],
        Node.ConstantOp => [Target.Constant(node.Value!)],
        _ => Target.Add(
            node.Op, [.. node.Inputs.Select(i => i is null ? null : this[i])], [.. node.Outputs.Select(o => (o.Type, o.Shape))], node.Attributes, node.Domain).Outputs,
    };
}
