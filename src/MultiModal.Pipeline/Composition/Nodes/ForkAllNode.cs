namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>One item into any number of strands of one type at once.</summary>
internal sealed class ForkAllNode<TIn, TOut>(IReadOnlyList<Node<TIn, TOut>> arms) : Node<TIn, IReadOnlyList<TOut>>
{
    public override async ValueTask<IReadOnlyList<TOut>> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        using var run = new ForkRun(flow, arms.Count, cancellationToken);
        var strands = new Task<TOut?>[arms.Count];
        for (var i = 0; i < strands.Length; i++)
            strands[i] = i < strands.Length - 1 ? run.Start(arms[i], input) : run.Run(arms[i], input);
        var results = await Task.WhenAll(strands).ConfigureAwait(false);
        run.Join(cancellationToken);
        return results!;
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) =>
        drawing.Fork(from, [.. arms.Select(static arm => (Func<MermaidDrawing, IReadOnlyList<Line>, IReadOnlyList<Line>>)arm.Draw)]);
}
