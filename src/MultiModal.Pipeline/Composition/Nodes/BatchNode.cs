namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A step that works on several items at once, whosever they are.</summary>
internal sealed class BatchNode<TIn, TOut>(StepInfo step, Batcher<TIn, TOut> batcher) : GuardedNode<TIn, TOut>(step, StepGuard.None)
{
    protected override ValueTask<TOut> RunAsync(TIn input, Flow flow, CancellationToken cancellationToken) => batcher.InvokeAsync(input, flow, cancellationToken);

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => drawing.Batch(Step, from);
}
