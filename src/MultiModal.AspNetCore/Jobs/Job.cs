using System.Buffers.Text;
using System.Security.Cryptography;
using MultiModal.AspNetCore.Errors;
using MultiModal.Images;

namespace MultiModal.AspNetCore.Jobs;

/// <summary>A piece of work and how far it is. Watchers see the newest state, not every one: nobody has to keep up, and nothing piles up for who does not.</summary>
#pragma warning disable CA1001 // The source has no timer and gives no wait handle: there is nothing to free, and a job may be cancelled at any time.
internal sealed class Job : IProgress<double>
{
    readonly CancellationTokenSource cancellation = new();
    readonly Lock gate = new();
    readonly TimeProvider time;
    TaskCompletionSource changed = NewSignal();
    JobView view;

    public Job(string kind, string owner, TimeProvider time)
    {
        (Kind, Owner, this.time) = (kind, owner, time);
        // Not to be guessed, though it is no credential: jobs are shown to their owners alone.
        Id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        view = new(0, JobState.Queued, 0, null, null, null, time.GetUtcNow(), null, null);
    }

    public string Id { get; }

    public string Kind { get; }

    public string Owner { get; }

    /// <summary>Fires when the job is cancelled.</summary>
    public CancellationToken Cancelled => cancellation.Token;

    /// <summary>Ends with the job, however that ends.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    public JobView View
    {
        get
        {
            lock (gate)
                return view;
        }
    }

    /// <summary>The state after the one that a watcher has seen, when it comes.</summary>
    /// <param name="seen">The version it has seen; -1 for none.</param>
    /// <param name="cancellationToken">Stops watching.</param>
    public async Task<JobView> NextAsync(long seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (view.Version > seen)
                    return view;
                signal = changed.Task;
            }

            await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Cancels the job: at once where it waits, else as soon as its engine notices. One that has ended stays as it is.</summary>
    public void Cancel()
    {
        Change(static now => now.State == JobState.Queued ? now with { State = JobState.Cancelled, Error = Refusal.Cancelled() } : now);
        cancellation.Cancel();
    }

    public void Start() => Change(static now => now with { State = JobState.Running });

    public void Report(double value) => Change(now => value > now.Progress && now.State == JobState.Running ? now with { Progress = Math.Min(value, 1) } : now);

    public void Preview(ImageBuffer image)
    {
        var png = PngCodec.Default.Encode(image);
        Change(now => now with { Preview = new((now.Preview?.Number ?? 0) + 1, png) });
    }

    public void Succeed(JobResult result) => Change(now => now with { State = JobState.Succeeded, Progress = 1, Result = result });

    public void Fail(Refusal error) => Change(now => now with { State = error.Status == 499 ? JobState.Cancelled : JobState.Failed, Error = error });

    JobView Change(Func<JobView, JobView> change)
    {
        TaskCompletionSource signal;
        JobView next;
        lock (gate)
        {
            if (view.IsEnded)
                return view;
            next = change(view);
            if (next == view)
                return view;
            view = next = Stamp(view, next);
            (signal, changed) = (changed, NewSignal());
        }

        signal.SetResult();
        return next;
    }

    JobView Stamp(JobView before, JobView after) => after with
    {
        Version = before.Version + 1,
        Started = before.Started ?? (after.State == JobState.Running ? time.GetUtcNow() : null),
        Ended = after.IsEnded ? time.GetUtcNow() : null,
    };

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
