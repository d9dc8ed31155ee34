using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Training.Backward;

/// <summary>One walk from values back to tensors: rules of the table are asked only where a path leads to one of the tensors.</summary>
sealed class ReverseWalk
{
    readonly Graph graph;
    readonly IReadOnlyList<Tensor> targets;
    readonly bool[] depends;
    readonly Dictionary<Node, Segment> segments;
    readonly Dictionary<Tensor, Tensor> gradients = [];

    public ReverseWalk(Graph graph, IReadOnlyList<Tensor> targets, IReadOnlyList<string> recompute)
    {
        (this.graph, this.targets) = (graph, targets);
        foreach (var target in targets)
            if (target.Graph != graph || !target.Type.IsFloat())
                throw new GraphException("Gradients", "gradients are taken with respect to floating-point tensors of the same graph.", [target]);
        segments = Segment.Find(graph, recompute);
        depends = new bool[graph.Nodes.Count];
        foreach (var target in targets) depends[target.Node.Id] = true;
        foreach (var node in graph.Nodes)
            for (var i = 0; i < node.Inputs.Count && !depends[node.Id]; i++)
                depends[node.Id] = Leads(node, i);
    }

    public static IReadOnlyList<Tensor> Reached(Tensor loss, IEnumerable<Tensor> tensors)
    {
        var reached = new bool[loss.Node.Id + 1];
        reached[loss.Node.Id] = true;
        for (var id = loss.Node.Id; id >= 0; id--)
        {
            if (!reached[id]) continue;
            var node = loss.Graph.Nodes[id];
            for (var i = 0; i < node.Inputs.Count; i++)
                if (node.Inputs[i] is { } input && GradientTable.Differentiates(node, i)) reached[input.Node.Id] = true;
        }

        return [.. tensors.Where(t => t.Node.Id < reached.Length && reached[t.Node.Id])];
    }

    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> values, IReadOnlyList<Tensor> seeds)
    {
        for (var i = 0; i < values.Count; i++) Contribute(values[i], seeds[i]);
        for (var id = values.Max(v => v.Node.Id); id >= 0; id--)
        {
            var node = graph.Nodes[id];
            if (!depends[id] || !node.Outputs.Any(gradients.ContainsKey)) continue;
            Tensor?[] arrived = [.. node.Outputs.Select(gradients.GetValueOrDefault)];

            // Rules read what was computed on the way there, or what is computed again in its place.
            var computed = segments.TryGetValue(node, out var segment) ? segment.Copy(node, arrived.First(g => g is not null)!) : node;
            var step = new GradientStep(computed, arrived);
            if (Composite.EndingAt(node) is { } composite && !composite.Inside.Any(targets.Contains))
            {
                if (depends[composite.Input.Node.Id])
                    Contribute(composite.Input, Checked(node, composite.Input, Composite.EndingAt(computed)!.Rule(step)));
                continue;
            }

            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (!Leads(node, i)) continue;
                var input = node.Inputs[i]!;
                Contribute(input, Checked(node, input, GradientTable.Apply(step, i)));
            }
        }

        return [.. targets.Select(target => gradients.TryGetValue(target, out var gradient)
            ? Ops.Expand(gradient, [.. target.Shape])
            : throw new GraphException("Gradients", "the loss does not depend on a tensor by a path that gradients take.", [target]))];
    }

    /// <summary>Whether a gradient that comes to a node goes on to one of its inputs, towards a target.</summary>
    bool Leads(Node node, int index) =>
        node.Inputs[index] is { } input && depends[input.Node.Id] && input.Type.IsFloat() && GradientTable.Differentiates(node, index);

    void Contribute(Tensor tensor, Tensor gradient) =>
        gradients[tensor] = gradients.TryGetValue(tensor, out var sum) ? sum + gradient : gradient;

    /// <summary>A rule may leave a gradient unexpanded (the same along an axis of length 1), but nothing else.</summary>
    static Tensor Checked(Node node, Tensor input, Tensor gradient)
    {
        if (gradient.Type == input.Type && Ops.Broadcast(node.Op, gradient.Shape, input.Shape, [gradient, input]).Equals(input.Shape)) return gradient;
        throw new GraphException("Gradients", $"the rule of {node.Op} gave {gradient} for {input}.", [.. node.Inputs.OfType<Tensor>()]);
    }
}
