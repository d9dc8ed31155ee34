using MultiModal.Pipeline.Composition.Nodes;

namespace MultiModal.Pipeline.Composition;

/// <content>What runs share: batches and caches.</content>
public sealed partial class PipelineBuilder<TIn, TOut>
{
    /// <summary>Adds a step that works on several items at once. Items of all runs of the pipeline are gathered, also those of single runs at the same time.</summary>
    /// <typeparam name="TNext">What an item becomes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="step">Takes items and gives a result for each, in the same order. Its token is cancelled when nobody waits for any of them.</param>
    /// <param name="options">How items are gathered; null for the defaults.</param>
    public PipelineBuilder<TIn, TNext> Batch<TNext>(string name, Func<IReadOnlyList<TOut>, CancellationToken, Task<IReadOnlyList<TNext>>> step, BatchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(step);
        options ??= new();
        return Append(compilation =>
        {
            var info = compilation.Declare(name, $"up to {options.MaxSize}, or {Words.Of(options.MaxWait)}");
            compilation.Check(options.MaxSize >= 1, name, $"has batches of up to {options.MaxSize}; they must hold at least 1.");
            compilation.Check(options.MaxWait >= TimeSpan.Zero && options.MaxWait < TimeSpan.FromDays(1), name, $"waits {options.MaxWait} for a batch to fill; it must be from zero to a day.");
            compilation.Check(options.MaxConcurrency >= 1, name, $"runs {options.MaxConcurrency} batches at once; it must be at least 1.");
            compilation.Check(
                options.QueueCapacity is not { } queue || queue >= options.MaxSize, name, $"has a queue of {options.QueueCapacity} but batches of {options.MaxSize}, so that no batch could fill.");
            if (compilation.Problems.Count > 0)
                return new StepNode<TOut, TNext>(info, StepGuard.None, static (_, _, _) => default);
            compilation.HasBatchesOf(options.MaxSize);
            return (Node<TOut, TNext>)new BatchNode<TOut, TNext>(info, new((items, token) => new(step(items, token)), options, info, compilation.Core));
        });
    }

    /// <summary>Remembers what steps made of an item, by a key. Items of the same key at the same time are made once.</summary>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TNext">What the steps give. Results are shared, so they should not be changed.</typeparam>
    /// <param name="name">The cache's name, unique in the pipeline.</param>
    /// <param name="key">Tells an item's key.</param>
    /// <param name="steps">The steps. Their failures are not remembered.</param>
    /// <param name="options">How results are kept; null for the defaults.</param>
    public PipelineBuilder<TIn, TNext> Cache<TKey, TNext>(
        string name, Func<TOut, TKey> key, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>> steps, CacheOptions? options = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(key);
        options ??= new();
        var inner = Arm(steps);
        return Append(compilation =>
        {
            var info = compilation.Declare(name, options.Lifetime is { } time ? $"{options.Capacity}, for {Words.Of(time)}" : $"{options.Capacity}");
            compilation.Check(options.Capacity >= 1, name, $"keeps {options.Capacity} results; it must keep at least 1.");
            compilation.Check(options.Lifetime is not { } lifetime || lifetime > TimeSpan.Zero, name, $"keeps results for {options.Lifetime}; it must be above zero.");
            return new CacheNode<TOut, TKey, TNext>(info, key, inner(compilation), new(options, compilation.Core.Time));
        });
    }
}
