using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>
/// A part of a network whose values are not kept for the way back but computed again there from what enters it (Chen et al. 2016): its nodes
/// are copied, behind a barrier that the gradient must have passed.
/// </summary>
sealed class Segment
{
    readonly Graph graph;
    readonly HashSet<Node> nodes;
    readonly Dictionary<Node, Node> copies = [];
    readonly Dictionary<Tensor, Tensor> delayed = [];
    Tensor? token;

    Segment(Graph graph, HashSet<Node> nodes) => (this.graph, this.nodes) = (graph, nodes);

    /// <summary>For each node the segment it is in.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="prefixes">The names of the segments' parameters begin so; a node is in the first segment that it fits.</param>
    /// <exception cref="ArgumentException">No parameter begins so.</exception>
    public static Dictionary<Node, Segment> Find(Graph graph, IReadOnlyList<string> prefixes)
    {
        var found = new Dictionary<Node, Segment>();
        if (prefixes.Count == 0) return found;
        var readers = graph.Nodes.SelectMany(node => node.Inputs.OfType<Tensor>().Select(input => (input.Node, Reader: node))).ToLookup(pair => pair.Node, pair => pair.Reader);
        foreach (var prefix in prefixes)
        {
            // What reads the parameters, and all that was built in between.
            var own = graph.Nodes.Where(n => !n.IsLeaf && n.Inputs.Any(i => IsParameter(i, prefix))).Select(n => n.Id).ToList();
            if (own.Count == 0) throw new ArgumentException($"No layer reads a parameter whose name begins with '{prefix}'.", nameof(prefixes));
            var (first, last) = (own.Min(), own.Max());
            var nodes = new HashSet<Node>();
            var segment = new Segment(graph, nodes);
            for (var id = last; id >= 0; id--)
            {
                var node = graph.Nodes[id];
                if (node.IsLeaf || found.ContainsKey(node)) continue;

                // Before the first of them, what serves the segment alone: the normalisation it begins with. But not a layer of somebody else, and
                // not the sum that enters, in the place of which both of its parts would have to be kept.
                var serves = !node.Inputs.Any(i => IsParameter(i, "")) && !IsJoint(node) && readers[node].Any() && readers[node].All(nodes.Contains);
                if (id >= first || serves) nodes.Add(node);
            }

            foreach (var node in nodes) found.Add(node, segment);
        }

        return found;
    }

    /// <summary>The copy of a node, which is computed when a gradient has come to the segment.</summary>
    /// <param name="node">A node of the segment.</param>
    /// <param name="arrived">A gradient that has come to it.</param>
    public Node Copy(Node node, Tensor arrived)
    {
        token ??= Token(arrived);
        return Copy(node);
    }

    Node Copy(Node node)
    {
        if (copies.TryGetValue(node, out var copy)) return copy;
        Tensor?[] inputs = [.. node.Inputs.Select(i => i is null ? null : nodes.Contains(i.Node) ? Copy(i.Node).Outputs[i.Index] : Delayed(i))];
        return copies[node] = graph.Add(node.Op, inputs, [.. node.Outputs.Select(o => (o.Type, o.Shape))], node.Attributes, node.Domain);
    }

    /// <summary>What enters the segment, as a copy that cannot be made earlier: cut from an index on that is 0, but only the gradient says so.</summary>
    Tensor Delayed(Tensor entering)
    {
        if (entering.Rank == 0 || entering.Node.Op is Node.ParameterOp or Node.ConstantOp) return entering;
        if (delayed.TryGetValue(entering, out var late)) return late;
        return delayed[entering] = graph.Add(
            "Slice", [entering, token, graph.Constant(long.MaxValue), graph.Constant(0L), graph.Constant(1L)], entering.Type, entering.Shape);
    }

    /// <summary>0, known when a gradient is: no number is both below and above 0.</summary>
    static Tensor Token(Tensor gradient)
    {
        var one = Ops.Slice(Ops.Reshape(gradient, -1), 0, 0, 1);
        return Ops.Cast(Ops.And(Ops.Less(one, one.Like(0)), Ops.Greater(one, one.Like(0))), DType.Int64);
    }

    static bool IsJoint(Node node) => node.Is("Add") && node.Inputs[0]!.Shape.Equals(node.Inputs[1]!.Shape);

    static bool IsParameter(Tensor? tensor, string prefix) => tensor?.Node switch
    {
        { Op: Node.ParameterOp } parameter => parameter.Name!.StartsWith(prefix, StringComparison.Ordinal),
        { Op: "Transpose" or "Reshape" } view => IsParameter(view.Inputs[0], prefix),
        _ => false,
    };
}
