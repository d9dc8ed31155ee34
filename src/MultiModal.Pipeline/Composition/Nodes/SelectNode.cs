namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A part for each element of a stream, some ahead of the reader, in order.</summary>
internal sealed class SelectNode<TIn, TOut>(StepInfo step, Node<TIn, TOut> inner, int maxInFlight) : Node<IAsyncEnumerable<TIn>, IAsyncEnumerable<ItemResult<TOut>>>
{
    public override ValueTask<IAsyncEnumerable<ItemResult<TOut>>> InvokeAsync(IAsyncEnumerable<TIn> input, Flow flow, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ManyItems.RunAsync(input, (index, element, token) => RunAsync(index, element, flow.Run, token), maxInFlight, true, cancellationToken));

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => drawing.Frame(step, from, inner.Draw);

    async ValueTask<ItemResult<TOut>> RunAsync(long index, TIn element, ItemRun run, CancellationToken cancellationToken)
    {
        var strand = new Flow(run);
        try
        {
            return new(index, await inner.InvokeAsync(element, strand, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            return new(index, error, strand.StepOf(error));
        }
        finally
        {
            strand.LetGo();
        }
    }
}
