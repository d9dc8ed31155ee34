namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A step: a function or an <see cref="IPipelineStep{TIn, TOut}"/>.</summary>
internal sealed class StepNode<TIn, TOut>(StepInfo step, StepGuard guard, Func<TIn, StepContext, CancellationToken, ValueTask<TOut>> body) : GuardedNode<TIn, TOut>(step, guard)
{
    protected override ValueTask<TOut> RunAsync(TIn input, Flow flow, CancellationToken cancellationToken) => body(input, new(flow.Run, Step), cancellationToken);
}
