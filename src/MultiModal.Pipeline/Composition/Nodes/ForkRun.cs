using System.Runtime.ExceptionServices;

namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>The strands of one item in a fork: when one fails, the others are given up and awaited, and the first error counts.</summary>
internal sealed class ForkRun : IDisposable
{
    readonly CancellationTokenSource stop;
    readonly Flow flow;
    (Exception Error, string? Step)? first;
    int failed;

    public ForkRun(Flow flow, int strands, CancellationToken cancellationToken)
    {
        this.flow = flow;
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        flow.Held?.Share(strands);
    }

    /// <summary>Starts a strand on a thread of its own, so that strands that never wait run side by side too.</summary>
    public Task<TOut?> Start<TIn, TOut>(Node<TIn, TOut> arm, TIn input)
    {
        var strand = flow.Split();
        return Task.Run(() => RunAsync(arm, input, strand));
    }

    /// <summary>Runs the last strand on the thread of the item.</summary>
    public Task<TOut?> Run<TIn, TOut>(Node<TIn, TOut> arm, TIn input) => RunAsync(arm, input, flow.Split());

    /// <summary>Ends the fork: all strands have ended, and let go of their places.</summary>
    public void Join(CancellationToken cancellationToken)
    {
        flow.Held = null;
        if (first is not { } failure)
            return;
        cancellationToken.ThrowIfCancellationRequested();
        flow.Failed(failure.Step, failure.Error);
        ExceptionDispatchInfo.Throw(failure.Error);
    }

    public void Dispose() => stop.Dispose();

    async Task<TOut?> RunAsync<TIn, TOut>(Node<TIn, TOut> arm, TIn input, Flow strand)
    {
        try
        {
            return await arm.InvokeAsync(input, strand, stop.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (Interlocked.Exchange(ref failed, 1) == 0)
            {
                first = (error, strand.StepOf(error));
                await stop.CancelAsync().ConfigureAwait(false);
            }

            return default;
        }
        finally
        {
            strand.LetGo();
        }
    }
}
