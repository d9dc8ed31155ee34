namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A change of form that is no step of its own.</summary>
internal sealed class MapNode<TIn, TOut>(Func<TIn, TOut> map) : Node<TIn, TOut>
{
    public override ValueTask<TOut> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken) => ValueTask.FromResult(map(input));

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => from;
}
