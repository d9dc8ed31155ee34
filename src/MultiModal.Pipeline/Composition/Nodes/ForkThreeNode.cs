namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>One item into three strands at once.</summary>
internal sealed class ForkThreeNode<TIn, T1, T2, T3>(Node<TIn, T1> first, Node<TIn, T2> second, Node<TIn, T3> third) : Node<TIn, (T1, T2, T3)>
{
    public override async ValueTask<(T1, T2, T3)> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        using var run = new ForkRun(flow, 3, cancellationToken);
        var one = run.Start(first, input);
        var two = run.Start(second, input);
        var three = run.Run(third, input);
        var result = (await one.ConfigureAwait(false), await two.ConfigureAwait(false), await three.ConfigureAwait(false));
        run.Join(cancellationToken);
        return result!;
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => drawing.Fork(from, first.Draw, second.Draw, third.Draw);
}
