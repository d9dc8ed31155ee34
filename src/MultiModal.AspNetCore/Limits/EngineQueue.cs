using System.Threading.RateLimiting;
using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Limits;

/// <summary>Lets a few at an engine and a few wait for it, in their order; refuses the rest.</summary>
internal sealed class EngineQueue : IDisposable
{
    readonly ConcurrencyLimiter limiter;
    readonly QueueOptions options;
    readonly TimeProvider time;
    readonly Lock gate = new();
    TimeSpan usual = TimeSpan.FromSeconds(1);
    int running;
    int waiting;

    public EngineQueue(string name, QueueOptions options, TimeProvider time)
    {
        (Name, this.options, this.time) = (name, options, time);
        limiter = new(new() { PermitLimit = options.Concurrency, QueueLimit = options.Length, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
    }

    public string Name { get; }

    public int Running => Volatile.Read(ref running);

    public int Waiting => Volatile.Read(ref waiting);

    public int Concurrency => options.Concurrency;

    public int Length => options.Length;

    /// <summary>Takes a place, at the engine or in the queue. Known at once: whether there is one.</summary>
    /// <param name="cancellationToken">Gives the place in the queue up.</param>
    /// <returns>The turn, when it comes. To be disposed when the work is done.</returns>
    /// <exception cref="RefusalException">The queue is full.</exception>
    public Task<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        var entering = limiter.AcquireAsync(1, cancellationToken);
        if (entering.IsCompletedSuccessfully)
        {
            var lease = entering.Result;
            if (lease.IsAcquired)
                return Task.FromResult(new Turn(this, lease));
            lease.Dispose();
            throw Refusal.TooMany("queue-full", "The engine is busy and its queue is full.", RetryAfter()).Exception();
        }

        return WaitAsync(entering.AsTask());
    }

    /// <summary>When a place may be free: after as much work as the engine usually does for what is ahead.</summary>
    public TimeSpan RetryAfter()
    {
        lock (gate)
        {
            var rounds = (Waiting + Running) / (double)options.Concurrency;
            return TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(usual.TotalSeconds * rounds / 2), 1, 300));
        }
    }

    public void Dispose() => limiter.Dispose();

    async Task<Turn> WaitAsync(Task<RateLimitLease> entering)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            var lease = await entering.ConfigureAwait(false);
            if (lease.IsAcquired)
                return new(this, lease);
            lease.Dispose();
            throw Refusal.Stopping().Exception();
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    void Took(TimeSpan elapsed)
    {
        // A moving mean: what counts is what the engine does these days.
        lock (gate)
            usual += (elapsed - usual) / 8;
    }

    /// <summary>A place at the engine.</summary>
    internal sealed class Turn : IDisposable
    {
        readonly EngineQueue queue;
        readonly RateLimitLease lease;
        readonly long started;
        int done;

        internal Turn(EngineQueue queue, RateLimitLease lease)
        {
            (this.queue, this.lease) = (queue, lease);
            started = queue.time.GetTimestamp();
            Interlocked.Increment(ref queue.running);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref done, 1) != 0)
                return;
            queue.Took(queue.time.GetElapsedTime(started));
            Interlocked.Decrement(ref queue.running);
            lease.Dispose();
        }
    }
}
