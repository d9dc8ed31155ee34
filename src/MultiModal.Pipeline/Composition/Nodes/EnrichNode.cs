namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>Steps for a part of an item, whose result becomes part of it.</summary>
internal sealed class EnrichNode<TItem, TPart, TMade, TOut>(Func<TItem, TPart> part, Node<TPart, TMade> inner, Func<TItem, TMade, TOut> merge) : Node<TItem, TOut>
{
    public override async ValueTask<TOut> InvokeAsync(TItem input, Flow flow, CancellationToken cancellationToken) =>
        merge(input, await inner.InvokeAsync(part(input), flow, cancellationToken).ConfigureAwait(false));

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => inner.Draw(drawing, from);
}
