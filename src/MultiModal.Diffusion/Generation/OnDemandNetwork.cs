using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>A network that is compiled when it is needed, and afterwards kept, or freed when the last one who holds it lets go.</summary>
/// <param name="compile">Makes it.</param>
/// <param name="keeps">Whether it is kept.</param>
sealed class OnDemandNetwork(Func<CancellationToken, Task<NetworkSession>> compile, bool keeps) : IAsyncDisposable
{
    readonly SemaphoreSlim compiling = new(1, 1);
    readonly Lock gate = new();
    NetworkSession? session;
    int users;
    bool isDisposed;

    /// <summary>Whether it is in memory now.</summary>
    public bool IsLoaded => Volatile.Read(ref session) is not null;

    /// <summary>Holds it, compiling it where it is not there.</summary>
    public async ValueTask<Hold> HoldAsync(CancellationToken cancellationToken)
    {
        if (TryHold() is { } ready) return ready;
        await compiling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (TryHold() is { } meanwhile) return meanwhile;
            var made = await compile(cancellationToken).ConfigureAwait(false);
            lock (gate)
            {
                if (!isDisposed)
                {
                    users++;
                    session = made;
                    return new(this, made);
                }
            }

            made.Dispose();
            throw new ObjectDisposedException(nameof(OnDemandNetwork));
        }
        finally
        {
            compiling.Release();
        }
    }

    /// <summary>Frees the network, if it is there, once its runs have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        NetworkSession? last;
        lock (gate)
        {
            isDisposed = true;
            (last, session) = (session, null);
        }

        if (last is not null) await last.DisposeAsync().ConfigureAwait(false);
    }

    Hold? TryHold()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (session is null) return null;
            users++;
            return new(this, session);
        }
    }

    void Release()
    {
        NetworkSession? idle = null;
        lock (gate)
        {
            users--;
            if (users == 0 && !keeps) (idle, session) = (session, null);
        }

        idle?.Dispose();
    }

    /// <summary>A user's hold.</summary>
    public sealed class Hold(OnDemandNetwork network, NetworkSession session) : IDisposable
    {
        int isReleased;

        public NetworkSession Session => session;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReleased, 1) == 0) network.Release();
        }
    }
}
