namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>An item that waits in a batch.</summary>
internal sealed class BatchEntry<TIn, TOut>(TIn input, long arrived) : TaskCompletionSource<TOut>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public TIn Input => input;

    public long Arrived => arrived;

    /// <summary>The batch it is in, once it is in one.</summary>
    public BatchRun? Run { get; set; }

    /// <summary>Whether nobody waits for it any more.</summary>
    public bool IsGivenUp { get; set; }
}

/// <summary>A batch that runs: it is given up when all of its items are.</summary>
internal sealed class BatchRun(int items) : IDisposable
{
    readonly CancellationTokenSource stop = new();
    int left = items;

    public CancellationToken Token => stop.Token;

    public void GiveUpOne()
    {
        if (Interlocked.Decrement(ref left) != 0)
            return;
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    public void Dispose() => stop.Dispose();
}
