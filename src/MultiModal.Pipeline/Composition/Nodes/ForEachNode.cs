namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A part for each element of a list. An element that fails does not keep its neighbours from ending.</summary>
internal sealed class ForEachNode<TIn, TOut>(StepInfo step, Node<TIn, TOut> inner, int maxConcurrency) : Node<IReadOnlyList<TIn>, IReadOnlyList<ItemResult<TOut>>>
{
    public override async ValueTask<IReadOnlyList<ItemResult<TOut>>> InvokeAsync(IReadOnlyList<TIn> input, Flow flow, CancellationToken cancellationToken)
    {
        // The elements have places of their own from here on.
        flow.LetGo();
        var results = new ItemResult<TOut>[input.Count];
        var next = -1;
        var workers = new Task[Math.Min(maxConcurrency, input.Count)];
        for (var i = 0; i < workers.Length; i++)
            workers[i] = i < workers.Length - 1 ? Task.Run(WorkAsync, CancellationToken.None) : WorkAsync();
        await Task.WhenAll(workers).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return results;

        async Task WorkAsync()
        {
            for (var i = Interlocked.Increment(ref next); i < results.Length && !cancellationToken.IsCancellationRequested; i = Interlocked.Increment(ref next))
            {
                var strand = new Flow(flow.Run);
                try
                {
                    results[i] = new(i, await inner.InvokeAsync(input[i], strand, cancellationToken).ConfigureAwait(false));
                }
                catch (Exception error)
                {
                    results[i] = new(i, error, strand.StepOf(error));
                }
                finally
                {
                    strand.LetGo();
                }
            }
        }
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => drawing.Frame(step, from, inner.Draw);
}
