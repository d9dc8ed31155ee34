namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>Several steps that are limited and repeated as one.</summary>
internal sealed class GroupNode<TIn, TOut>(StepInfo step, StepGuard guard, Node<TIn, TOut> inner) : GuardedNode<TIn, TOut>(step, guard)
{
    protected override ValueTask<TOut> RunAsync(TIn input, Flow flow, CancellationToken cancellationToken) => inner.InvokeAsync(input, flow, cancellationToken);

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => drawing.Frame(Step, from, inner.Draw);
}
