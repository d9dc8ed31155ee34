namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>Remembers what a part made of an item, by a key.</summary>
internal sealed class CacheNode<TIn, TKey, TOut>(StepInfo step, Func<TIn, TKey> keyOf, Node<TIn, TOut> inner, ResultCache<TKey, TOut> cache) : Node<TIn, TOut>
    where TKey : notnull
{
    public override async ValueTask<TOut> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(keyOf(input), input, flow, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            flow.Failed(step.Name, error);
            throw;
        }
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from)
    {
        var known = drawing.Store(step, from);
        var made = inner.Draw(drawing, [known with { Label = "new" }]);
        return [known with { Label = "known" }, .. made];
    }

    async ValueTask<TOut> FindAsync(TKey key, TIn input, Flow flow, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (kind, value, task) = cache.Look(key);
            if (kind == CacheLook.Mine)
                return await MakeAsync(key, task, input, flow, cancellationToken).ConfigureAwait(false);
            try
            {
                if (kind == CacheLook.Others)
                    value = await task.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                flow.Run.Report(step, StepEventKind.CacheHit);
                return value!;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Whoever made it was cancelled; that is no reason for this item not to have it.
            }
        }
    }

    async ValueTask<TOut> MakeAsync(TKey key, TaskCompletionSource<TOut> made, TIn input, Flow flow, CancellationToken cancellationToken)
    {
        try
        {
            var value = await inner.InvokeAsync(input, flow, cancellationToken).ConfigureAwait(false);
            cache.Keep(key, value);
            made.SetResult(value);
            return value;
        }
        catch (Exception error)
        {
            cache.GiveUp(key);
            // A step that gives up by itself fails those who wait too; a caller who gives up does not.
            if (cancellationToken.IsCancellationRequested)
                made.SetCanceled(cancellationToken);
            else
                made.SetException(error is OperationCanceledException ? new TimeoutException(error.Message, error) : error);
            // Nobody may be waiting for it.
            _ = made.Task.Exception;
            throw;
        }
    }
}
