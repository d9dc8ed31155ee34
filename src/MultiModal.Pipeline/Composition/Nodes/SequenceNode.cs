namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>One part after another.</summary>
internal sealed class SequenceNode<TIn, TBetween, TOut>(Node<TIn, TBetween> first, Node<TBetween, TOut> second) : Node<TIn, TOut>
{
    public override ValueTask<TOut> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        var between = first.InvokeAsync(input, flow, cancellationToken);
        return between.IsCompletedSuccessfully ? second.InvokeAsync(between.Result, flow, cancellationToken) : ContinueAsync(between, flow, cancellationToken);
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => second.Draw(drawing, first.Draw(drawing, from));

    async ValueTask<TOut> ContinueAsync(ValueTask<TBetween> between, Flow flow, CancellationToken cancellationToken) =>
        await second.InvokeAsync(await between.ConfigureAwait(false), flow, cancellationToken).ConfigureAwait(false);
}
