namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>One item into two strands at once.</summary>
internal sealed class ForkNode<TIn, T1, T2>(Node<TIn, T1> first, Node<TIn, T2> second) : Node<TIn, (T1, T2)>
{
    public override async ValueTask<(T1, T2)> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        using var run = new ForkRun(flow, 2, cancellationToken);
        var one = run.Start(first, input);
        var two = run.Run(second, input);
        var result = (await one.ConfigureAwait(false), await two.ConfigureAwait(false));
        run.Join(cancellationToken);
        return result!;
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => drawing.Fork(from, first.Draw, second.Draw);
}
