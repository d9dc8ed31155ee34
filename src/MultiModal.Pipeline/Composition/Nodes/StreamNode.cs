using System.Runtime.CompilerServices;

namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A step that gives a stream, and is observed while the stream is read.</summary>
internal sealed class StreamNode<TIn, TOut>(StepInfo step, Func<TIn, StepContext, CancellationToken, IAsyncEnumerable<TOut>> body) : Node<TIn, IAsyncEnumerable<TOut>>
{
    public override ValueTask<IAsyncEnumerable<TOut>> InvokeAsync(TIn input, Flow flow, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StreamAsync(input, flow, cancellationToken));

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => drawing.Step(step, from);

    // The run's token counts as well as the reader's.
    IAsyncEnumerable<TOut> StreamAsync(TIn input, Flow flow, CancellationToken run) =>
        flow.Run.IsObserved ? ObserveAsync(input, flow, run, CancellationToken.None) : body(input, new(flow.Run, step), run);

    async IAsyncEnumerable<TOut> ObserveAsync(TIn input, Flow flow, CancellationToken run, [EnumeratorCancellation] CancellationToken reader)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(run, reader);
        var observation = StepObservation.Begin(step, flow.Run);
        Exception? failure = new OperationCanceledException("The reader left.");
        try
        {
            var elements = body(input, new(flow.Run, step), both.Token).GetAsyncEnumerator(both.Token);
            await using (elements.ConfigureAwait(false))
            {
                while (true)
                {
                    try
                    {
                        if (!await elements.MoveNextAsync().ConfigureAwait(false))
                            break;
                    }
                    catch (Exception error)
                    {
                        failure = error;
                        throw;
                    }

                    yield return elements.Current;
                }
            }

            failure = null;
        }
        finally
        {
            observation.End(failure);
        }
    }
}
