namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>One of several ways, chosen by a key of the item.</summary>
internal sealed class BranchNode<TIn, TKey, TOut>(
    StepInfo step, Func<TIn, TKey> choose, IReadOnlyDictionary<TKey, Node<TIn, TOut>> arms, Node<TIn, TOut>? otherwise) : Node<TIn, TOut>
    where TKey : notnull
{
    public override ValueTask<TOut> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        Node<TIn, TOut> way;
        try
        {
            var key = choose(input);
            way = arms.GetValueOrDefault(key) ?? otherwise
                ?? throw new InvalidOperationException($"There is no way for '{key}' at '{step.Name}', and none for others.");
        }
        catch (Exception error)
        {
            flow.Failed(step.Name, error);
            throw;
        }

        return way.InvokeAsync(input, flow, cancellationToken);
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from)
    {
        var choice = drawing.Choice(step, from);
        var ends = new List<Line>();
        foreach (var (key, arm) in arms)
            ends.AddRange(arm.Draw(drawing, [choice with { Label = key is bool yes ? (yes ? "yes" : "no") : $"{key}" }]));
        if (otherwise is not null)
            ends.AddRange(otherwise.Draw(drawing, [choice with { Label = "otherwise" }]));
        return ends;
    }
}
