using System.Diagnostics.CodeAnalysis;

namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>
/// Gathers items of any runs into batches. A batch starts when it is full, or when its first item has waited long enough, and when
/// there is a free place to run it; until then it goes on gathering.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for, and a timer that stands still, hold nothing.")]
internal sealed class Batcher<TIn, TOut>
{
    readonly Func<IReadOnlyList<TIn>, CancellationToken, ValueTask<IReadOnlyList<TOut>>> body;
    readonly BatchOptions options;
    readonly PipelineCore core;
    readonly StepInfo step;
    readonly SemaphoreSlim places;
    readonly ITimer timer;
    readonly Lock gate = new();
    readonly Queue<BatchEntry<TIn, TOut>> waiting = new();
    int running;

    public Batcher(Func<IReadOnlyList<TIn>, CancellationToken, ValueTask<IReadOnlyList<TOut>>> body, BatchOptions options, StepInfo step, PipelineCore core)
    {
        (this.body, this.options, this.step, this.core) = (body, options, step, core);
        places = new(options.QueueCapacity ?? (4 * options.MaxSize));
        timer = core.Time.CreateTimer(static state => ((Batcher<TIn, TOut>)state!).Start(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask<TOut> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        flow.LetGo();
        var entry = new BatchEntry<TIn, TOut>(input, core.Time.GetTimestamp());
        bool isFirst, isFull;
        lock (gate)
        {
            waiting.Enqueue(entry);
            (isFirst, isFull) = (waiting.Count == 1, waiting.Count >= options.MaxSize);
        }

        if (isFull || options.MaxWait == TimeSpan.Zero)
            Start();
        else if (isFirst)
            timer.Change(options.MaxWait, Timeout.InfiniteTimeSpan);
        if (!cancellationToken.CanBeCanceled)
            return await entry.Task.ConfigureAwait(false);
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (batcher, given) = ((Batcher<TIn, TOut>, BatchEntry<TIn, TOut>))state!;
                batcher.GiveUp(given, token);
            },
            (this, entry));
        return await entry.Task.ConfigureAwait(false);
    }

    void GiveUp(BatchEntry<TIn, TOut> entry, CancellationToken token)
    {
        BatchRun? run;
        lock (gate)
        {
            entry.IsGivenUp = true;
            run = entry.Run;
        }

        if (entry.TrySetCanceled(token))
            run?.GiveUpOne();
    }

    /// <summary>Starts as many batches as are due and may run.</summary>
    void Start()
    {
        while (true)
        {
            List<BatchEntry<TIn, TOut>>? batch = null;
            lock (gate)
            {
                if (running >= options.MaxConcurrency || waiting.Count == 0)
                    return;
                var waited = core.Time.GetElapsedTime(waiting.Peek().Arrived);
                if (waiting.Count < options.MaxSize && waited < options.MaxWait)
                {
                    // Not due yet. A timer's resolution is a millisecond: it must not fire before.
                    var left = options.MaxWait - waited;
                    timer.Change(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left, Timeout.InfiniteTimeSpan);
                    return;
                }

                batch = Take();
                if (batch.Count > 0)
                    running++;
            }

            if (batch.Count > 0)
                _ = Task.Run(() => RunAsync(batch));
        }
    }

    List<BatchEntry<TIn, TOut>> Take()
    {
        var batch = new List<BatchEntry<TIn, TOut>>(Math.Min(options.MaxSize, waiting.Count));
        while (batch.Count < options.MaxSize && waiting.TryDequeue(out var entry))
        {
            places.Release();
            if (!entry.IsGivenUp)
                batch.Add(entry);
        }

        return batch;
    }

    async Task RunAsync(List<BatchEntry<TIn, TOut>> batch)
    {
        try
        {
            await RunPartAsync(batch).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
                running--;
            Start();
        }
    }

    async Task RunPartAsync(List<BatchEntry<TIn, TOut>> part)
    {
        if (part.Count == 0)
            return;
        using var run = new BatchRun(part.Count);
        var givenUp = 0;
        lock (gate)
        {
            foreach (var entry in part)
            {
                entry.Run = run;
                givenUp += entry.IsGivenUp ? 1 : 0;
            }
        }

        Exception? failure = null;
        try
        {
            for (; givenUp > 0; givenUp--)
                run.GiveUpOne();

            PipelineTelemetry.Batch(core.Name, step.Name, part.Count);
            var results = await body([.. part.Select(static entry => entry.Input)], run.Token).ConfigureAwait(false);
            if (results is null || results.Count != part.Count)
                throw new InvalidOperationException($"The batch '{step.Name}' took {part.Count} items and gave {results?.Count ?? 0} results; it must give one for each, in the same order.");
            for (var i = 0; i < part.Count; i++)
                part[i].TrySetResult(results[i]);
        }
        catch (Exception error)
        {
            failure = error;
        }

        if (failure is null)
            return;
        if (part.Count == 1 || !options.DivideOnFailure || run.Token.IsCancellationRequested)
        {
            foreach (var entry in part)
                entry.TrySetException(failure);
            return;
        }

        var half = part.Count / 2;
        await RunPartAsync([.. part.Take(half).Where(static entry => !entry.Task.IsCompleted)]).ConfigureAwait(false);
        await RunPartAsync([.. part.Skip(half).Where(static entry => !entry.Task.IsCompleted)]).ConfigureAwait(false);
    }
}
