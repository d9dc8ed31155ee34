using System.Diagnostics.CodeAnalysis;

namespace MultiModal.Pipeline.Composition;

/// <summary>Lets a limited number of items into a step, and a limited number wait for it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing.")]
internal sealed class StepGate(int concurrency, int queue)
{
    readonly SemaphoreSlim running = new(concurrency);
    readonly SemaphoreSlim? places = queue > 0 ? new(queue) : null;

    /// <summary>Waits for a place in the queue, leaves the step before, waits for the turn.</summary>
    public async ValueTask<Hold> EnterAsync(Flow flow, CancellationToken cancellationToken)
    {
        if (places is null)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(false);
            flow.LetGo();
            return new(running);
        }

        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        flow.LetGo();
        try
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }

        return new(running);
    }
}
