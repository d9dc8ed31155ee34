namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>Nothing: where a description begins.</summary>
internal sealed class IdentityNode<T> : Node<T, T>
{
    public override ValueTask<T> InvokeAsync(T input, Flow flow, CancellationToken cancellationToken) => ValueTask.FromResult(input);

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => from;
}
