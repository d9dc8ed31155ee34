namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A part of a pipeline that runs: a step, or several composed.</summary>
internal abstract class Node<TIn, TOut>
{
    public abstract ValueTask<TOut> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken);

    /// <summary>Draws the part.</summary>
    /// <param name="drawing">Where to.</param>
    /// <param name="from">The lines that lead to it.</param>
    /// <returns>The lines that lead on.</returns>
    public abstract IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from);
}
