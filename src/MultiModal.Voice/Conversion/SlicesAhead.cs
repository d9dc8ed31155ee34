namespace MultiModal.Voice.Conversion;

/// <summary>Converts slices, some ahead of the one that is asked for, and gives them in their order.</summary>
/// <param name="slices">The slices.</param>
/// <param name="most">How many are under way at once.</param>
/// <param name="convert">Converts one.</param>
/// <param name="cancellationToken">Stops them all.</param>
sealed class SlicesAhead(
    IReadOnlyList<Slice> slices, int most, Func<Slice, CancellationToken, Task<ConvertedSlice>> convert, CancellationToken cancellationToken) : IAsyncDisposable
{
    readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    readonly Queue<Task<ConvertedSlice>> running = [];
    int started;

    /// <summary>The next slice.</summary>
    public Task<ConvertedSlice> NextAsync()
    {
        while (started < slices.Count && running.Count < most)
        {
            var slice = slices[started++];
            // One alone runs where it is asked for; several must not wait for each other's first synchronous part.
            running.Enqueue(most == 1 ? convert(slice, stop.Token) : Task.Run(() => convert(slice, stop.Token), stop.Token));
        }

        return running.Dequeue();
    }

    /// <summary>Ends what is still under way: nothing uses the networks afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (running.Count > 0)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // Their results are not wanted, and their errors follow from the one that ended the conversion.
            await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }

        stop.Dispose();
    }
}
