using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MultiModal.Pipeline.Composition;

/// <summary>Many items at once with a bound: the source is asked only where there is room, and nothing runs on after the end.</summary>
internal static class ManyItems
{
    /// <param name="source">The items.</param>
    /// <param name="run">Runs one; never throws.</param>
    /// <param name="maxInFlight">How many are under way or wait for the caller.</param>
    /// <param name="inOrder">Whether results come in the order of the items.</param>
    /// <param name="cancellationToken">Gives all items up.</param>
    public static async IAsyncEnumerable<ItemResult<TOut>> RunAsync<TIn, TOut>(
        IAsyncEnumerable<TIn> source, Func<long, TIn, CancellationToken, ValueTask<ItemResult<TOut>>> run, int maxInFlight, bool inOrder,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var room = new SemaphoreSlim(maxInFlight);
        var work = new Work<TIn, TOut>(source, run, inOrder, room);
        var producing = Task.Run(() => work.ProduceAsync(stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in work.Results.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                var result = await item.ConfigureAwait(false);
                // Items that were given up are no results.
                cancellationToken.ThrowIfCancellationRequested();
                room.Release();
                yield return result;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await producing.ConfigureAwait(false);
            await work.Drained.ConfigureAwait(false);
        }
    }

    sealed class Work<TIn, TOut>(
        IAsyncEnumerable<TIn> source, Func<long, TIn, CancellationToken, ValueTask<ItemResult<TOut>>> run, bool inOrder, SemaphoreSlim room)
    {
        readonly Channel<Task<ItemResult<TOut>>> results = Channel.CreateUnbounded<Task<ItemResult<TOut>>>(new() { SingleReader = true });
        readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? sourceError;

        // The producer counts as one.
        int active = 1;

        public ChannelReader<Task<ItemResult<TOut>>> Results => results.Reader;

        public Task Drained => drained.Task;

        public async Task ProduceAsync(CancellationToken cancellationToken)
        {
            try
            {
                var index = 0L;
                var items = source.GetAsyncEnumerator(cancellationToken);
                await using (items.ConfigureAwait(false))
                {
                    while (true)
                    {
                        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
                        if (!await items.MoveNextAsync().ConfigureAwait(false))
                            break;
                        Start(index++, items.Current, cancellationToken);
                    }
                }
            }
            catch (Exception error)
            {
                // Told after the results of the items that came before.
                sourceError = error;
            }
            finally
            {
                EndOne();
            }
        }

        void Start(long index, TIn item, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref active);
            var task = Task.Run(() => OneAsync(index, item, cancellationToken), CancellationToken.None);
            if (inOrder)
                results.Writer.TryWrite(task);
        }

        async Task<ItemResult<TOut>> OneAsync(long index, TIn item, CancellationToken cancellationToken)
        {
            try
            {
                var result = await run(index, item, cancellationToken).ConfigureAwait(false);
                if (!inOrder)
                    results.Writer.TryWrite(Task.FromResult(result));
                return result;
            }
            finally
            {
                EndOne();
            }
        }

        void EndOne()
        {
            if (Interlocked.Decrement(ref active) > 0)
                return;
            results.Writer.TryComplete(sourceError);
            drained.TrySetResult();
        }
    }
}
