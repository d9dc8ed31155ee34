namespace MultiModal.Jimeng.Http;

/// <summary>Cancels a read that waits too long for the next piece.</summary>
internal sealed class IdleTimer : IDisposable
{
    readonly CancellationTokenSource source;
    readonly ITimer timer;
    readonly TimeSpan timeout;
    volatile bool elapsed;

    public IdleTimer(TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken)
    {
        this.timeout = timeout;
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer = time.CreateTimer(static state => ((IdleTimer)state!).Elapse(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => source.Token;

    public bool HasElapsed => elapsed;

    public void Restart() => timer.Change(timeout, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        timer.Dispose();
        source.Dispose();
    }

    void Elapse()
    {
        elapsed = true;
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The read ended at the same moment.
        }
    }
}
