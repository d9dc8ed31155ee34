using System.Collections.Concurrent;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Voice.Synthesis;

/// <summary>Sessions made at their first use, each once, however many ask at the same time.</summary>
sealed class SessionCache : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, NetworkSession> sessions = new(StringComparer.Ordinal);
    readonly SemaphoreSlim gate = new(1);
    bool disposed;

    public async Task<NetworkSession> GetAsync(string key, Func<CancellationToken, Task<NetworkSession>> create, CancellationToken cancellationToken)
    {
        if (sessions.TryGetValue(key, out var known)) return known;
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (sessions.TryGetValue(key, out known)) return known;
            return sessions[key] = await create(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync().ConfigureAwait(false);
        disposed = true;
        gate.Release();
        foreach (var session in sessions.Values) await session.DisposeAsync().ConfigureAwait(false);
    }
}
