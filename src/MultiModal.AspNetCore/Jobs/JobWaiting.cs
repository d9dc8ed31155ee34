using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Jobs;

/// <summary>Waits for jobs in the name of a client, and cancels them when the client has gone.</summary>
internal static class JobWaiting
{
    /// <summary>The result of a job that belongs to a request.</summary>
    /// <exception cref="RefusalException">It failed, or was cancelled.</exception>
    public static async Task<JobResult> ResultAsync(this Job job, CancellationToken gone)
    {
        using (gone.UnsafeRegister(static state => ((Job)state!).Cancel(), job))
            await job.Completion.ConfigureAwait(false);
        return job.View.Result ?? throw (job.View.Error ?? Refusal.Failed()).Exception();
    }

    /// <summary>The states of a job as they come, the last one included. A slow reader misses some, never the last.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancelWithReader">Whether the job is cancelled when its reader goes before its end.</param>
    /// <param name="gone">Fires when the reader has gone.</param>
    public static async IAsyncEnumerable<JobView> FollowAsync(
        this Job job, bool cancelWithReader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken gone)
    {
        try
        {
            JobView? view = null;
            while (view is not { IsEnded: true })
            {
                view = await job.NextAsync(view?.Version ?? -1, gone).ConfigureAwait(false);
                yield return view;
            }
        }
        finally
        {
            if (cancelWithReader)
                job.Cancel();
        }
    }
}
