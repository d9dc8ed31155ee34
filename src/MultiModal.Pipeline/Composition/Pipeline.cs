using System.Diagnostics;
using MultiModal.Pipeline.Composition.Nodes;

namespace MultiModal.Pipeline.Composition;

/// <summary>A pipeline that runs. Safe for concurrent runs, which share its limits, batches and caches.</summary>
/// <typeparam name="TIn">What it takes.</typeparam>
/// <typeparam name="TOut">What it gives.</typeparam>
public sealed class Pipeline<TIn, TOut> : IPipeline
{
    const int UsualInFlight = 64;

    readonly PipelineCore core;
    readonly Node<TIn, TOut> root;
    readonly int largestBatch;

    internal Pipeline(PipelineCore core, Node<TIn, TOut> root, IReadOnlyList<string> steps, int largestBatch) =>
        (this.core, this.root, Steps, this.largestBatch) = (core, root, steps, largestBatch);

    /// <inheritdoc/>
    public string Name => core.Name;

    /// <inheritdoc/>
    public Type InputType => typeof(TIn);

    /// <inheritdoc/>
    public Type OutputType => typeof(TOut);

    /// <inheritdoc/>
    public IReadOnlyList<string> Steps { get; }

    /// <summary>Runs one item.</summary>
    /// <param name="input">The item.</param>
    /// <param name="progress">Hears what happens at each step, from several threads where the pipeline forks.</param>
    /// <param name="cancellationToken">Gives the run up.</param>
    /// <returns>What the item became.</returns>
    /// <remarks>What a step throws comes out as it is; the event <see cref="StepEventKind.Failed"/> says which step it was.</remarks>
    public async Task<TOut> RunAsync(TIn input, IProgress<StepEvent>? progress = null, CancellationToken cancellationToken = default)
    {
        var flow = new Flow(new(core, 0, progress));
        return await RunAsync(input, flow, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs many items at once.</summary>
    /// <param name="items">The items. They are taken from their source as there is room.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives all items up.</param>
    /// <returns>
    /// A result for every item, failed ones included. Where the source itself fails, its error comes after the results of what it gave.
    /// Leaving the loop gives up what is under way, and nothing runs on.
    /// </returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<ItemResult<TOut>> RunManyAsync(IAsyncEnumerable<TIn> items, ManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInFlight ?? 1, 1);
        var inFlight = options.MaxInFlight ?? Math.Max(UsualInFlight, 2 * largestBatch);
        return ManyItems.RunAsync(items, (index, item, token) => RunItemAsync(index, item, options.Progress, token), inFlight, options.InOrder, cancellationToken);
    }

    /// <inheritdoc cref="RunManyAsync(IAsyncEnumerable{TIn}, ManyOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ItemResult<TOut>> RunManyAsync(IEnumerable<TIn> items, ManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        return RunManyAsync(items.ToAsyncEnumerable(), options, cancellationToken);
    }

    /// <inheritdoc/>
    public string ToMermaid()
    {
        var drawing = new MermaidDrawing();
        drawing.End(Words.Of(typeof(TOut)), root.Draw(drawing, [drawing.Begin(Words.Of(typeof(TIn)))]));
        return drawing.ToString();
    }

    async ValueTask<ItemResult<TOut>> RunItemAsync(long index, TIn input, IProgress<StepEvent>? progress, CancellationToken cancellationToken)
    {
        var flow = new Flow(new(core, index, progress));
        try
        {
            return new(index, await RunAsync(input, flow, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            return new(index, error, flow.StepOf(error));
        }
    }

    ValueTask<TOut> RunAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        if (flow.Run.IsObserved)
            return RunObservedAsync(input, flow, cancellationToken);
        var result = root.InvokeAsync(input, flow, cancellationToken);
        if (!result.IsCompletedSuccessfully)
            return EndAsync(result, flow);
        flow.LetGo();
        return result;
    }

    static async ValueTask<TOut> EndAsync(ValueTask<TOut> result, Flow flow)
    {
        try
        {
            return await result.ConfigureAwait(false);
        }
        finally
        {
            flow.LetGo();
        }
    }

    async ValueTask<TOut> RunObservedAsync(TIn input, Flow flow, CancellationToken cancellationToken)
    {
        var started = core.Time.GetTimestamp();
        var activity = PipelineTelemetry.Source.StartActivity($"pipeline {core.Name}");
        activity?.SetTag("multimodal.pipeline.name", core.Name);
        PipelineTelemetry.Began(core.Name);
        Exception? failure = null;
        try
        {
            return await root.InvokeAsync(input, flow, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            flow.LetGo();
            PipelineTelemetry.Ended(core.Name, core.Time.GetElapsedTime(started), failure);
            PipelineTelemetry.End(activity, failure);
        }
    }
}
