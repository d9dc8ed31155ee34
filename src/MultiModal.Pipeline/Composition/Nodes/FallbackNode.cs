namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>Ways in order of preference: the next where one fails.</summary>
internal sealed class FallbackNode<TIn, TOut>(StepInfo step, IReadOnlyList<Node<TIn, TOut>> ways, Func<Exception, bool>? when) : Node<TIn, TOut>
{
    public override async ValueTask<TOut> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        for (var i = 0; i < ways.Count - 1; i++)
        {
            try
            {
                return await ways[i].InvokeAsync(input, flow, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && (when is null || when(error)))
            {
                flow.LetGo();
                flow.Run.Report(step, StepEventKind.FellBack, error: error);
            }
        }

        return await ways[^1].InvokeAsync(input, flow, cancellationToken).ConfigureAwait(false);
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from)
    {
        var choice = drawing.Choice(step, from);
        var ends = new List<Line>();
        for (var i = 0; i < ways.Count; i++)
            ends.AddRange(ways[i].Draw(drawing, [choice with { Label = i == 0 ? "first" : "on failure", IsDotted = i > 0 }]));
        return ends;
    }
}
