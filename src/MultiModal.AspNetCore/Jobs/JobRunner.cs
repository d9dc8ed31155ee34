using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Limits;
using MultiModal.AspNetCore.Monitoring;

namespace MultiModal.AspNetCore.Jobs;

/// <summary>
/// Does all work there is, for requests that wait for it and for jobs that are asked after. Keeps finished jobs for a while. When the host stops it takes no
/// more, and finishes what it has taken for as long as the host is given.
/// </summary>
internal sealed partial class JobRunner(IOptions<MultiModalHostOptions> options, Faults faults, HostMetrics metrics, TimeProvider time, ILogger<JobRunner> logger) : IHostedService, IDisposable
{
    static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<string, Job> kept = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<Job, byte> active = new();
    readonly Lock gate = new();
    ITimer? sweeper;
    bool stopping;

    /// <summary>Jobs being worked on or waiting, of requests too.</summary>
    public int Active => active.Count;

    /// <summary>Jobs that can be asked after.</summary>
    public int Kept => kept.Count;

    /// <summary>Begins work.</summary>
    /// <param name="kind">What kind.</param>
    /// <param name="owner">Whose.</param>
    /// <param name="queue">Where it waits for its turn.</param>
    /// <param name="work">Does it; reports progress and previews to the job.</param>
    /// <param name="keep">Whether it can be asked after by its id. Otherwise it belongs to a request, which cancels it when its client has gone.</param>
    /// <exception cref="RefusalException">The queue is full, the owner has too many jobs, or the host is stopping.</exception>
    public Job Begin(string kind, string owner, EngineQueue queue, Func<Job, CancellationToken, Task<JobResult>> work, bool keep)
    {
        var job = new Job(kind, owner, time);
        lock (gate)
        {
            if (stopping)
                throw Refusal.Stopping().Exception();
            if (keep && Of(owner).Count() >= options.Value.Jobs.MaximumPerCaller)
                throw Refusal.TooMany("too-many-jobs", "There are too many jobs already; delete some, or wait until they expire.", TimeSpan.FromMinutes(1)).Exception();
            var turn = queue.EnterAsync(job.Cancelled);
            active[job] = 0;
            if (keep)
                kept[job.Id] = job;
            job.Completion = Task.Run(() => RunAsync(job, queue, turn, work));
        }

        return job;
    }

    /// <summary>A job of an owner, or null: those of others do not exist for them.</summary>
    public Job? Find(string id, string owner) => kept.TryGetValue(id, out var job) && job.Owner == owner && !HasExpired(job) ? job : null;

    public IEnumerable<Job> Of(string owner) => kept.Values.Where(job => job.Owner == owner && !HasExpired(job));

    /// <summary>Cancels a job where it is not done, and forgets it.</summary>
    public void Remove(Job job)
    {
        job.Cancel();
        kept.TryRemove(job.Id, out _);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        sweeper = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            stopping = true;
        var all = Task.WhenAll(active.Keys.Select(static job => job.Completion));
        if (!all.IsCompleted)
            LogFinishing(active.Count);
        try
        {
            await all.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            LogCancelling(active.Count);
            foreach (var job in active.Keys)
                job.Cancel();
        }
    }

    public void Dispose() => sweeper?.Dispose();

    /// <summary>Forgets jobs whose time is over, and the oldest ones where results take too much room.</summary>
    internal void Sweep()
    {
        var ended = kept.Values.Where(static job => job.View.IsEnded).OrderByDescending(static job => job.View.Ended).ToList();
        long bytes = 0;
        foreach (var job in ended)
        {
            bytes += job.View.Result?.Bytes ?? 0;
            if (HasExpired(job) || bytes > options.Value.Jobs.MaximumResultBytes)
                kept.TryRemove(job.Id, out _);
        }
    }

    async Task RunAsync(Job job, EngineQueue queue, Task<EngineQueue.Turn> entering, Func<Job, CancellationToken, Task<JobResult>> work)
    {
        try
        {
            var came = time.GetTimestamp();
            using var turn = await entering.ConfigureAwait(false);
            metrics.Waited(queue.Name, time.GetElapsedTime(came));
            job.Start();
            job.Succeed(await work(job, job.Cancelled).ConfigureAwait(false));
            if (job.View.Result is { Bytes: > 0 } && kept.ContainsKey(job.Id))
                Sweep();
        }
        catch (Exception error)
        {
            var refusal = error is OperationCanceledException && !job.Cancelled.IsCancellationRequested ? Refusal.Failed() : faults.Explain(error);
            if (refusal.Status >= 500)
                LogFailed(error, job.Kind, job.Id);
            else if (refusal.Status != 499)
                LogRefused(job.Kind, job.Id, error.Message);
            job.Fail(refusal);
        }
        finally
        {
            active.TryRemove(job, out _);
        }
    }

    bool HasExpired(Job job) => job.View.Ended is { } ended && time.GetUtcNow() - ended >= options.Value.Jobs.KeepFor;

    [LoggerMessage(LogLevel.Error, "The {Kind} job {Id} failed.")]
    partial void LogFailed(Exception error, string kind, string id);

    [LoggerMessage(LogLevel.Information, "The engine refused the {Kind} job {Id}: {Problem}")]
    partial void LogRefused(string kind, string id, string problem);

    [LoggerMessage(LogLevel.Information, "Stopping: {Count} jobs are being finished.")]
    partial void LogFinishing(int count);

    [LoggerMessage(LogLevel.Warning, "Out of time: {Count} jobs are cancelled.")]
    partial void LogCancelling(int count);
}
