using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>A network that only some requests need: compiled when the first one asks for it, then kept.</summary>
sealed class LazyNetwork(Func<CancellationToken, Task<NetworkSession>> compile) : IAsyncDisposable
{
    readonly SemaphoreSlim compiling = new(1, 1);
    NetworkSession? session;
    bool isDisposed;

    public async ValueTask<NetworkSession> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref session) is { } known) return known;
        await compiling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (session is null) Volatile.Write(ref session, await compile(cancellationToken).ConfigureAwait(false));
            return session!;
        }
        finally
        {
            compiling.Release();
        }
    }

    /// <summary>Frees the network, if there is one, once its runs have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await compiling.WaitAsync().ConfigureAwait(false);
        try
        {
            isDisposed = true;
            if (session is not null) await session.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            compiling.Release();
        }
    }
}
