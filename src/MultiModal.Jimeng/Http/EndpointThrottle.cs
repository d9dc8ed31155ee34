namespace MultiModal.Jimeng.Http;

/// <summary>Keeps one endpoint within its <see cref="EndpointLimits"/>: a number of places, and an even spacing of starts after a burst.</summary>
internal sealed class EndpointThrottle(EndpointLimits limits, TimeProvider time) : IDisposable
{
    readonly SemaphoreSlim? places = limits.MaxConcurrent is { } count ? new(Math.Max(1, count)) : null;
    readonly TimeSpan interval = limits.RequestsPerSecond is { } rate and > 0 ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.Zero;
    readonly Lock gate = new();
    DateTimeOffset nextStart = DateTimeOffset.MinValue;

    /// <summary>Waits for a place and for its turn. What is returned gives the place back.</summary>
    public async ValueTask<Lease> EnterAsync(CancellationToken cancellationToken)
    {
        if (places is not null)
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var wait = Reserve();
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            places?.Release();
            throw;
        }

        return new(places);
    }

    public void Dispose() => places?.Dispose();

    // The generic cell rate algorithm: starts are booked on a line of time that may lag behind by a burst, never more.
    TimeSpan Reserve()
    {
        if (interval == TimeSpan.Zero)
            return TimeSpan.Zero;
        lock (gate)
        {
            var now = time.GetUtcNow();
            var earliest = now - (interval * (Math.Max(1, limits.Burst) - 1));
            if (nextStart < earliest)
                nextStart = earliest;
            var wait = nextStart - now;
            nextStart += interval;
            return wait;
        }
    }

    internal readonly struct Lease(SemaphoreSlim? places) : IDisposable
    {
        public void Dispose() => places?.Release();
    }
}
