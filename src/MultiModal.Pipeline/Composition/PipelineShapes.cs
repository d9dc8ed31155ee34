using MultiModal.Pipeline.Composition.Nodes;

namespace MultiModal.Pipeline.Composition;

/// <summary>Steps for descriptions that give a certain shape: the strands of a fork, lists, streams.</summary>
public static class PipelineShapes
{
    /// <summary>Joins the strands of a fork.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="join">Makes one of both.</param>
    public static PipelineBuilder<TIn, TNext> Join<TIn, T1, T2, TNext>(this PipelineBuilder<TIn, (T1, T2)> builder, Func<T1, T2, TNext> join)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(join);
        return builder.Append(_ => new MapNode<(T1, T2), TNext>(strands => join(strands.Item1, strands.Item2)));
    }

    /// <summary>Joins the strands of a fork.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="join">Makes one of the three.</param>
    public static PipelineBuilder<TIn, TNext> Join<TIn, T1, T2, T3, TNext>(this PipelineBuilder<TIn, (T1, T2, T3)> builder, Func<T1, T2, T3, TNext> join)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(join);
        return builder.Append(_ => new MapNode<(T1, T2, T3), TNext>(strands => join(strands.Item1, strands.Item2, strands.Item3)));
    }

    /// <summary>Carries steps out for each element of a list, and fails the item where an element fails, after all of them have ended.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">The group's name, unique in the pipeline.</param>
    /// <param name="steps">The steps for an element.</param>
    /// <param name="maxConcurrency">How many elements of an item are worked on at once; 4 by default.</param>
    public static PipelineBuilder<TIn, IReadOnlyList<TNext>> ForEach<TIn, T, TNext>(
        this PipelineBuilder<TIn, IReadOnlyList<T>> builder, string name, Func<PipelineBuilder<T, T>, PipelineBuilder<T, TNext>> steps, int maxConcurrency = 4) =>
        TryForEach(builder, name, steps, maxConcurrency).Append(_ => new WholeListNode<TNext>());

    /// <summary>Carries steps out for each element of a list; an element that fails does not fail the item.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">The group's name, unique in the pipeline.</param>
    /// <param name="steps">The steps for an element.</param>
    /// <param name="maxConcurrency">How many elements of an item are worked on at once; 4 by default.</param>
    /// <returns>A description that gives a result for every element, in order.</returns>
    public static PipelineBuilder<TIn, IReadOnlyList<ItemResult<TNext>>> TryForEach<TIn, T, TNext>(
        this PipelineBuilder<TIn, IReadOnlyList<T>> builder, string name, Func<PipelineBuilder<T, T>, PipelineBuilder<T, TNext>> steps, int maxConcurrency = 4)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var inner = PipelineBuilder<T, T>.Arm(steps);
        return builder.Append(compilation =>
        {
            var info = compilation.Declare(name, $"each, {maxConcurrency} at once");
            compilation.Check(maxConcurrency >= 1, name, $"works on {maxConcurrency} elements at once; it must be at least 1.");
            return new ForEachNode<T, TNext>(info, inner(compilation), maxConcurrency);
        });
    }

    /// <summary>Changes a stream as a whole. It is carried out as the stream is read, after the run has returned.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="step">Makes a stream of a stream.</param>
    public static PipelineBuilder<TIn, IAsyncEnumerable<TNext>> ThenStream<TIn, T, TNext>(
        this PipelineBuilder<TIn, IAsyncEnumerable<T>> builder, string name, Func<IAsyncEnumerable<T>, StepContext, CancellationToken, IAsyncEnumerable<TNext>> step)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(step);
        return builder.Append(compilation => new StreamNode<IAsyncEnumerable<T>, TNext>(compilation.Declare(name, "stream"), step));
    }

    /// <summary>Changes a stream as a whole, by something that is made from the container when the pipeline is built.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="create">Makes what makes a stream of a stream. What it throws is a reason why the pipeline cannot run.</param>
    public static PipelineBuilder<TIn, IAsyncEnumerable<TNext>> ThenStreamFrom<TIn, T, TNext>(
        this PipelineBuilder<TIn, IAsyncEnumerable<T>> builder, string name, Func<IServiceProvider, Func<IAsyncEnumerable<T>, StepContext, CancellationToken, IAsyncEnumerable<TNext>>> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(create);
        return builder.Append(compilation => new StreamNode<IAsyncEnumerable<T>, TNext>(compilation.Declare(name, "stream"), compilation.Make(name, create)!));
    }

    /// <summary>Carries steps out for a part of an item, and puts what they give into the item: a record that fills up on its way.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="part">The part the steps are given.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="merge">Puts their result into the item.</param>
    public static PipelineBuilder<TIn, TNext> Enrich<TIn, TItem, TPart, TMade, TNext>(
        this PipelineBuilder<TIn, TItem> builder, Func<TItem, TPart> part, Func<PipelineBuilder<TPart, TPart>, PipelineBuilder<TPart, TMade>> steps, Func<TItem, TMade, TNext> merge)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(merge);
        var inner = PipelineBuilder<TPart, TPart>.Arm(steps);
        return builder.Append(compilation => new EnrichNode<TItem, TPart, TMade, TNext>(part, inner(compilation), merge));
    }

    /// <summary>Makes a stream of an item. It is carried out as the stream is read, after the run has returned.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="step">Makes the stream.</param>
    public static PipelineBuilder<TIn, IAsyncEnumerable<TNext>> Expand<TIn, T, TNext>(
        this PipelineBuilder<TIn, T> builder, string name, Func<T, StepContext, CancellationToken, IAsyncEnumerable<TNext>> step)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(step);
        return builder.Append(compilation => new StreamNode<T, TNext>(compilation.Declare(name, "stream"), step));
    }

    /// <summary>Carries steps out for each element of a stream, some ahead of the reader; the stream fails at the element that fails, after those before it.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">The group's name, unique in the pipeline.</param>
    /// <param name="steps">The steps for an element.</param>
    /// <param name="maxInFlight">How many elements are under way or wait for the reader; 4 by default.</param>
    public static PipelineBuilder<TIn, IAsyncEnumerable<TNext>> SelectEach<TIn, T, TNext>(
        this PipelineBuilder<TIn, IAsyncEnumerable<T>> builder, string name, Func<PipelineBuilder<T, T>, PipelineBuilder<T, TNext>> steps, int maxInFlight = 4) =>
        TrySelectEach(builder, name, steps, maxInFlight).Append(_ => new MapNode<IAsyncEnumerable<ItemResult<TNext>>, IAsyncEnumerable<TNext>>(StreamParts.Whole));

    /// <summary>Carries steps out for each element of a stream, some ahead of the reader; an element that fails does not end the stream.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">The group's name, unique in the pipeline.</param>
    /// <param name="steps">The steps for an element.</param>
    /// <param name="maxInFlight">How many elements are under way or wait for the reader; 4 by default.</param>
    public static PipelineBuilder<TIn, IAsyncEnumerable<ItemResult<TNext>>> TrySelectEach<TIn, T, TNext>(
        this PipelineBuilder<TIn, IAsyncEnumerable<T>> builder, string name, Func<PipelineBuilder<T, T>, PipelineBuilder<T, TNext>> steps, int maxInFlight = 4)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var inner = PipelineBuilder<T, T>.Arm(steps);
        return builder.Append(compilation =>
        {
            var info = compilation.Declare(name, $"each, {maxInFlight} at once");
            compilation.Check(maxInFlight >= 1, name, $"works on {maxInFlight} elements at once; it must be at least 1.");
            return new SelectNode<T, TNext>(info, inner(compilation), maxInFlight);
        });
    }

    /// <summary>Reads ahead of whoever reads the stream, up to so many elements.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="capacity">How many elements may wait.</param>
    public static PipelineBuilder<TIn, IAsyncEnumerable<T>> Buffer<TIn, T>(this PipelineBuilder<TIn, IAsyncEnumerable<T>> builder, string name, int capacity)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return builder.Append(compilation =>
        {
            var info = compilation.Declare(name, $"up to {capacity} ahead");
            compilation.Check(capacity >= 1, name, $"holds {capacity} elements; it must hold at least 1.");
            return new StreamNode<IAsyncEnumerable<T>, T>(info, (source, _, token) => StreamParts.BufferAsync(source, capacity, token));
        });
    }

    /// <summary>Reads a stream to its end into a list.</summary>
    /// <param name="builder">The description.</param>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="options">How it is carried out; null for the defaults.</param>
    public static PipelineBuilder<TIn, IReadOnlyList<T>> Collect<TIn, T>(this PipelineBuilder<TIn, IAsyncEnumerable<T>> builder, string name, StepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Then(name, static async (IAsyncEnumerable<T> source, StepContext _, CancellationToken token) => (IReadOnlyList<T>)await source.ToListAsync(token).ConfigureAwait(false), options);
    }

    /// <summary>Runs one item through a pipeline that gives a stream, and gives the stream.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="input">The item.</param>
    /// <param name="progress">Hears what happens at each step, until the stream ends.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public static async IAsyncEnumerable<T> RunStreamAsync<TIn, T>(
        this Pipeline<TIn, IAsyncEnumerable<T>> pipeline, TIn input, IProgress<StepEvent>? progress = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        var stream = await pipeline.RunAsync(input, progress, cancellationToken).ConfigureAwait(false);
        await foreach (var element in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return element;
    }
}
