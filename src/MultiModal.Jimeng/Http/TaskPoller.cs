namespace MultiModal.Jimeng.Http;

/// <summary>Waits for a task by asking after it, ever less often.</summary>
internal sealed class TaskPoller(TimeProvider time, TimeSpan first, TimeSpan longest, TimeSpan timeout)
{
    /// <summary>Asks until <paramref name="isOver"/> says that there is nothing left to wait for.</summary>
    /// <param name="poll">Asks once.</param>
    /// <param name="isOver">Whether an answer is the last.</param>
    /// <param name="call">What an error is reported for.</param>
    /// <param name="taskId">The task's id, for the error.</param>
    /// <param name="cancellationToken">Gives the waiting up.</param>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> poll, Func<T, bool> isOver, CloudCall call, string taskId, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var wait = first; ; wait = Shorter(wait * 1.5, longest))
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            var state = await poll(cancellationToken).ConfigureAwait(false);
            if (isOver(state))
                return state;
            if (time.GetElapsedTime(started) >= timeout)
            {
                throw new CloudFault(CloudErrorKind.Timeout, Recovery.None, $"The task {taskId} was not done within {timeout.TotalMinutes:0.##} minutes.")
                {
                    Advice = "It may still finish: ask after it by its id, or raise TaskTimeout.",
                    Retryable = false,
                }.ToException(call);
            }
        }
    }

    static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
