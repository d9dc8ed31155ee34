using System.Runtime.ExceptionServices;

namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>The values of a list's results, or the first error.</summary>
internal sealed class WholeListNode<T> : Node<IReadOnlyList<ItemResult<T>>, IReadOnlyList<T>>
{
    public override ValueTask<IReadOnlyList<T>> InvokeAsync(IReadOnlyList<ItemResult<T>> input, Flow flow, CancellationToken cancellationToken)
    {
        var values = new T[input.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (input[i] is { IsSuccess: false } failed)
            {
                flow.Failed(failed.FailedStep, failed.Error);
                ExceptionDispatchInfo.Throw(failed.Error);
            }

            values[i] = input[i].Value;
        }

        return ValueTask.FromResult<IReadOnlyList<T>>(values);
    }

    public override IReadOnlyList<Line> Draw(MermaidDrawing drawing, IReadOnlyList<Line> from) => from;
}
