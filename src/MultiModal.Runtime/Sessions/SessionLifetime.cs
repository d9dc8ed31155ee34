namespace MultiModal.Runtime.Sessions;

/// <summary>Lets many runs use a thing and one call end it: the end waits for the runs, and no run begins after it.</summary>
sealed class SessionLifetime(Action release)
{
    readonly Lock gate = new();
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int users;
    bool closed;

    /// <summary>Completes when all was released.</summary>
    public Task Ended => ended.Task;

    /// <summary>Begins a use; <see cref="Exit"/> ends it.</summary>
    /// <exception cref="ObjectDisposedException">It was ended.</exception>
    public void Enter()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(NetworkSession));
            users++;
        }
    }

    /// <exception cref="ObjectDisposedException">It was ended, though earlier uses may go on.</exception>
    public void EnsureOpen()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(NetworkSession));
        }
    }

    public void Exit()
    {
        lock (gate)
        {
            if (--users > 0 || !closed)
                return;
        }

        Release();
    }

    /// <summary>Ends it, now or when the last use does. Later calls do nothing.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (closed)
                return;
            closed = true;
            if (users > 0)
                return;
        }

        Release();
    }

    void Release()
    {
        try
        {
            release();
        }
        finally
        {
            ended.TrySetResult();
        }
    }
}
