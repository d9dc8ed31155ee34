using Polly.Timeout;

namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A part with a name: it is observed, limited, repeated.</summary>
internal abstract class GuardedNode<TIn, TOut>(StepInfo step, StepGuard guard) : Node<TIn, TOut>
{
    protected StepInfo Step => step;

    protected abstract ValueTask<TOut> RunAsync(TIn input, Flow flow, CancellationToken cancellationToken);

    public sealed override ValueTask<TOut> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        if (!guard.IsNone || flow.Run.IsObserved)
            return InvokeGuardedAsync(input, flow, cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = RunAsync(input, flow, cancellationToken);
            return result.IsCompletedSuccessfully ? result : FinishAsync(result, flow);
        }
        catch (Exception error)
        {
            flow.Failed(step.Name, error);
            throw;
        }
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => drawing.Step(step, from);

    async ValueTask<TOut> FinishAsync(ValueTask<TOut> result, Flow flow)
    {
        try
        {
            return await result.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            flow.Failed(step.Name, error);
            throw;
        }
    }

    async ValueTask<TOut> InvokeGuardedAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        var observation = StepObservation.Begin(step, flow.Run);
        Hold? hold = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (guard.Gate is { } gate)
            {
                hold = await gate.EnterAsync(flow, cancellationToken).ConfigureAwait(false);
                observation.Entered();
            }

            var result = guard.Resilience is null
                ? await RunAsync(input, flow, cancellationToken).ConfigureAwait(false)
                : await RunResilientAsync(input, flow, cancellationToken).ConfigureAwait(false);
            if (hold is not null)
            {
                flow.LetGo();
                flow.Held = hold;
            }

            observation.End(null);
            return result;
        }
        catch (Exception error)
        {
            flow.Failed(step.Name, error);
            hold?.Release();
            observation.End(error);
            throw;
        }
    }

    async ValueTask<TOut> RunResilientAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        var attempts = new Attempts(this, input, flow);
        try
        {
            return await guard.Resilience!.ExecuteAsync(static (state, token) => state.NextAsync(token), attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException error)
        {
            throw new TimeoutException($"The step '{step.Name}' did not end within {Words.Of(error.Timeout)}.", error);
        }
    }

    sealed class Attempts(GuardedNode<TIn, TOut> node, TIn input, Flow flow)
    {
        Exception? last;

        public async ValueTask<TOut> NextAsync(CancellationToken cancellationToken)
        {
            if (last is not null)
                flow.Run.Report(node.Step, StepEventKind.Retrying, error: last);
            try
            {
                return await node.RunAsync(input, flow, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                last = error;
                throw;
            }
        }
    }
}
