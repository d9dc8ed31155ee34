namespace MultiModal.Runtime.Graphs;

/// <summary>Cuts a graph into parts to be run one after the other.</summary>
public static class GraphPartition
{
    /// <summary>
    /// Cuts a graph along the order of its operations. What a later part needs of an earlier one is an output there and an input here, of the
    /// same name; outputs of the graph keep their names.
    /// </summary>
    /// <param name="graph">The graph; it is not changed.</param>
    /// <param name="partBytes">The most bytes of parameters in one part. A single operation that needs more is a part of its own.</param>
    /// <returns>The parts in their order, at least one.</returns>
    public static IReadOnlyList<Graph> Cut(Graph graph, long partBytes)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfLessThan(partBytes, 1);
        var operations = graph.Reachable().Where(node => !node.IsLeaf).ToList();
        var partOf = Assign(operations, partBytes);
        var count = operations.Count == 0 ? 1 : partOf.Values.Max() + 1;

        // What crosses a border, by the last part that reads it.
        var names = new Dictionary<Tensor, string>();
        foreach (var node in operations)
            foreach (var input in node.Inputs)
                if (input is not null && !input.Node.IsLeaf && partOf[input.Node] < partOf[node]) names.TryAdd(input, $"state_{input.Node.Id}_{input.Index}");
        return [.. Enumerable.Range(0, count).Select(part => Build(graph, operations, partOf, names, part, isLast: part == count - 1))];
    }

    static Dictionary<Node, int> Assign(List<Node> operations, long partBytes)
    {
        var partOf = new Dictionary<Node, int>();
        var held = new HashSet<Tensor>();
        var (part, bytes) = (0, 0L);
        foreach (var node in operations)
        {
            var more = node.Inputs.Where(i => i is not null && i.Node.Op == Node.ParameterOp && !held.Contains(i)).Distinct().Sum(i => Size(i!));
            if (bytes > 0 && bytes + more > partBytes)
            {
                (part, bytes) = (part + 1, 0);
                held.Clear();
                more = node.Inputs.Where(i => i?.Node.Op == Node.ParameterOp).Distinct().Sum(i => Size(i!));
            }

            foreach (var input in node.Inputs)
                if (input?.Node.Op == Node.ParameterOp) held.Add(input);
            bytes += more;
            partOf[node] = part;
        }

        return partOf;
    }

    static long Size(Tensor parameter) => parameter.Shape.ElementCount.Value * parameter.Type.Size();

    static Graph Build(Graph graph, List<Node> operations, Dictionary<Node, int> partOf, Dictionary<Tensor, string> names, int part, bool isLast)
    {
        var result = new Graph();
        var copies = new Dictionary<Tensor, Tensor>();
        foreach (var node in operations.Where(node => partOf[node] == part))
        {
            var copy = result.Add(node.Op, [.. node.Inputs.Select(i => i is null ? null : Copy(i))], [.. node.Outputs.Select(o => (o.Type, o.Shape))], node.Attributes, node.Domain);
            for (var i = 0; i < node.Outputs.Count; i++)
                copies[node.Outputs[i]] = copy.Outputs[i];
        }

        // An output that is itself a leaf goes to the last part.
        foreach (var (name, tensor) in graph.Outputs)
            if (tensor.Node.IsLeaf ? isLast : partOf[tensor.Node] == part) result.Output(name, Copy(tensor));
        foreach (var (tensor, name) in names)
            if (partOf[tensor.Node] == part) result.Output(name, copies[tensor]);
        return result;

        Tensor Copy(Tensor tensor)
        {
            if (copies.TryGetValue(tensor, out var known))
                return known;
            return copies[tensor] = tensor.Node switch
            {
                { Op: Node.InputOp, Name: { } name } => result.Input(name, tensor.Type, [.. tensor.Shape]),
                { Op: Node.ParameterOp, Name: { } name } => result.Parameter(name, tensor.Type, [.. tensor.Shape]),
                { Op: Node.ConstantOp, Value: { } value } => result.Constant(value),
                _ => result.Input(names[tensor], tensor.Type, [.. tensor.Shape]),
            };
        }
    }
}
