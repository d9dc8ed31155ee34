using MultiModal.Pipeline.Composition.Nodes;

namespace MultiModal.Pipeline.Composition;

/// <content>Forks, branches, fallbacks.</content>
public sealed partial class PipelineBuilder<TIn, TOut>
{
    /// <summary>Goes two ways at once. When one fails, the other is given up, and the error counts.</summary>
    /// <typeparam name="T1">What the first way gives.</typeparam>
    /// <typeparam name="T2">What the second way gives.</typeparam>
    /// <param name="first">The first way.</param>
    /// <param name="second">The second way.</param>
    public PipelineBuilder<TIn, (T1, T2)> Fork<T1, T2>(
        Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, T1>> first, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, T2>> second)
    {
        var (one, two) = (Arm(first), Arm(second));
        return Append(compilation => new ForkNode<TOut, T1, T2>(one(compilation), two(compilation)));
    }

    /// <summary>Goes three ways at once. When one fails, the others are given up, and the first error counts.</summary>
    /// <typeparam name="T1">What the first way gives.</typeparam>
    /// <typeparam name="T2">What the second way gives.</typeparam>
    /// <typeparam name="T3">What the third way gives.</typeparam>
    /// <param name="first">The first way.</param>
    /// <param name="second">The second way.</param>
    /// <param name="third">The third way.</param>
    public PipelineBuilder<TIn, (T1, T2, T3)> Fork<T1, T2, T3>(
        Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, T1>> first,
        Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, T2>> second,
        Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, T3>> third)
    {
        var (one, two, three) = (Arm(first), Arm(second), Arm(third));
        return Append(compilation => new ForkThreeNode<TOut, T1, T2, T3>(one(compilation), two(compilation), three(compilation)));
    }

    /// <summary>Goes any number of ways at once, all of which give the same kind. When one fails, the others are given up, and the first error counts.</summary>
    /// <typeparam name="TNext">What each way gives.</typeparam>
    /// <param name="ways">The ways, at least one.</param>
    /// <returns>A description whose results are in the order of the ways.</returns>
    public PipelineBuilder<TIn, IReadOnlyList<TNext>> ForkAll<TNext>(params IReadOnlyList<Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>>> ways)
    {
        ArgumentNullException.ThrowIfNull(ways);
        var arms = ways.Select(Arm).ToArray();
        return Append(compilation =>
        {
            if (arms.Length == 0)
                compilation.Problems.Add("A fork has no way.");
            return new ForkAllNode<TOut, TNext>([.. arms.Select(arm => arm(compilation))]);
        });
    }

    /// <summary>Goes one of two ways.</summary>
    /// <typeparam name="TNext">What both ways give.</typeparam>
    /// <param name="name">The question, unique in the pipeline.</param>
    /// <param name="condition">Whether the first way is gone.</param>
    /// <param name="then">The way where the condition holds.</param>
    /// <param name="otherwise">The way where it does not.</param>
    public PipelineBuilder<TIn, TNext> Branch<TNext>(
        string name, Func<TOut, bool> condition,
        Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>> then, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>> otherwise) =>
        Branch(name, condition, new Dictionary<bool, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>>> { [true] = then, [false] = otherwise });

    /// <summary>Goes a detour where a condition holds.</summary>
    /// <param name="name">The question, unique in the pipeline.</param>
    /// <param name="condition">Whether the detour is gone.</param>
    /// <param name="then">The detour.</param>
    public PipelineBuilder<TIn, TOut> When(string name, Func<TOut, bool> condition, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TOut>> then) =>
        Branch(name, condition, then, static way => way);

    /// <summary>Goes the way that belongs to a key of the item.</summary>
    /// <typeparam name="TKey">The key.</typeparam>
    /// <typeparam name="TNext">What every way gives.</typeparam>
    /// <param name="name">The question, unique in the pipeline.</param>
    /// <param name="key">Tells an item's key.</param>
    /// <param name="ways">The ways by key.</param>
    /// <param name="otherwise">The way of all other keys; null where there are none, so that an item with another key fails.</param>
    public PipelineBuilder<TIn, TNext> Branch<TKey, TNext>(
        string name, Func<TOut, TKey> key, IReadOnlyDictionary<TKey, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>>> ways,
        Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>>? otherwise = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(ways);
        var arms = ways.Select(way => (way.Key, Way: Arm(way.Value))).ToArray();
        var rest = otherwise is null ? null : Arm(otherwise);
        return Append(compilation =>
        {
            var info = compilation.Declare(name);
            compilation.Check(arms.Length > 0 || rest is not null, name, "has no way to go.");
            return new BranchNode<TOut, TKey, TNext>(info, key, arms.ToDictionary(static arm => arm.Key, arm => arm.Way(compilation)), rest?.Invoke(compilation));
        });
    }

    /// <summary>Goes the first way, and where it fails the second: the cloud first and a local model next, or the other way round.</summary>
    /// <typeparam name="TNext">What both ways give.</typeparam>
    /// <param name="name">What is chosen, unique in the pipeline.</param>
    /// <param name="first">The preferred way.</param>
    /// <param name="second">The other way; where it fails too, its error counts.</param>
    /// <param name="when">Which failures the second way is for; null for all but cancellation by the caller.</param>
    public PipelineBuilder<TIn, TNext> Fallback<TNext>(
        string name, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>> first, Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>> second,
        Func<Exception, bool>? when = null) => Fallback(name, [first, second], when);

    /// <summary>Goes ways in order of preference until one succeeds.</summary>
    /// <typeparam name="TNext">What every way gives.</typeparam>
    /// <param name="name">What is chosen, unique in the pipeline.</param>
    /// <param name="ways">The ways, at least two; where all fail, the last one's error counts.</param>
    /// <param name="when">Which failures the next way is for; null for all but cancellation by the caller.</param>
    public PipelineBuilder<TIn, TNext> Fallback<TNext>(
        string name, IReadOnlyList<Func<PipelineBuilder<TOut, TOut>, PipelineBuilder<TOut, TNext>>> ways, Func<Exception, bool>? when = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(ways);
        var arms = ways.Select(Arm).ToArray();
        return Append(compilation =>
        {
            var info = compilation.Declare(name);
            compilation.Check(arms.Length >= 2, name, $"has {arms.Length} ways; falling back needs at least two.");
            return new FallbackNode<TOut, TNext>(info, [.. arms.Select(arm => arm(compilation))], when);
        });
    }
}
