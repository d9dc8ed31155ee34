using System.Collections.Concurrent;
using MultiModal.Pipeline.Composition;
using MultiModal.Testing.Time;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class BatchTests
{
    [Fact]
    public async Task A_full_batch_starts_at_once_and_a_part_of_one_when_its_time_is_over()
    {
        var (time, sizes) = (new ManualTimeProvider(), new ConcurrentQueue<int>());
        var pipeline = Sizes(sizes, new() { MaxSize = 4, MaxWait = TimeSpan.FromMilliseconds(50) }).Build(null, time);
        var full = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => pipeline.RunAsync(i)));
        Assert.Equal<IEnumerable<int>>([0, 10, 20, 30], full);
        var part = Task.WhenAll(Enumerable.Range(0, 3).Select(i => pipeline.RunAsync(i)));
        time.Advance(TimeSpan.FromMilliseconds(49));
        await Task.Delay(20);
        Assert.False(part.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal<IEnumerable<int>>([0, 10, 20], await part);
        Assert.Equal([4, 3], sizes);
    }

    [Fact]
    public async Task While_batches_run_the_next_one_goes_on_gathering()
    {
        var (sizes, go) = (new ConcurrentQueue<int>(), new SemaphoreSlim(0));
        var pipeline = PipelineBuilder.Create<int>("busy")
            .Batch("work", async (items, token) =>
            {
                sizes.Enqueue(items.Count);
                await go.WaitAsync(token);
                return items;
            }, new() { MaxSize = 8, MaxWait = TimeSpan.Zero })
            .Build();
        var first = pipeline.RunAsync(0);
        while (sizes.IsEmpty) await Task.Delay(1);
        var others = Enumerable.Range(1, 5).Select(i => pipeline.RunAsync(i)).ToArray();
        go.Release(2);
        await Task.WhenAll([first, .. others]);
        Assert.Equal([1, 5], sizes);
    }

    [Fact]
    public async Task An_item_that_makes_its_batch_fail_fails_alone()
    {
        var calls = 0;
        var pipeline = PipelineBuilder.Create<int>("poison")
            .Batch("work", (items, _) =>
            {
                Interlocked.Increment(ref calls);
                return items.Contains(5) ? Task.FromException<IReadOnlyList<int>>(new FormatException()) : Task.FromResult<IReadOnlyList<int>>([.. items.Select(static x => -x)]);
            }, new() { MaxSize = 8, MaxWait = TimeSpan.FromSeconds(10) })
            .Build();
        var results = await pipeline.RunManyAsync(Enumerable.Range(0, 8)).ToListAsync();
        Assert.Equal([5L], results.Where(static r => !r.IsSuccess).Select(static r => r.Index));
        Assert.Equal("work", results[5].FailedStep);
        Assert.All(results.Where(static r => r.IsSuccess), static r => Assert.Equal(-r.Index, r.Value));

        // 8, 4 + 4, 2 + 2, 1 + 1: the halves with the item are halved on.
        Assert.Equal(7, calls);
    }

    [Fact]
    public async Task Undivided_a_batch_fails_as_a_whole_and_a_wrong_number_of_results_is_a_failure()
    {
        var whole = PipelineBuilder.Create<int>("whole")
            .Batch("work", static (IReadOnlyList<int> _, CancellationToken _) => Task.FromException<IReadOnlyList<int>>(new FormatException()), new() { MaxSize = 2, DivideOnFailure = false })
            .Build();
        Assert.All(await whole.RunManyAsync([1, 2]).ToListAsync(), static r => Assert.IsType<FormatException>(r.Error));
        var few = PipelineBuilder.Create<int>("few").Batch("work", static (_, _) => Task.FromResult<IReadOnlyList<int>>([]), new() { MaxSize = 1 }).Build();
        Assert.Contains("took 1 items and gave 0", (await Assert.ThrowsAsync<InvalidOperationException>(() => few.RunAsync(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_batch_to_the_others_and_the_last_one_ends_it()
    {
        var (entered, ended) = (new TaskCompletionSource<int>(), new TaskCompletionSource());
        var pipeline = PipelineBuilder.Create<int>("given up")
            .Batch<int>("work", async (items, token) =>
            {
                entered.SetResult(items.Count);
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                finally
                {
                    ended.SetResult();
                }

                return items;
            }, new() { MaxSize = 2 })
            .Build();
        using var one = new CancellationTokenSource();
        using var two = new CancellationTokenSource();
        var (first, second) = (pipeline.RunAsync(1, null, one.Token), pipeline.RunAsync(2, null, two.Token));
        Assert.Equal(2, await entered.Task);
        await one.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(ended.Task.IsCompleted);
        await two.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await ended.Task;
    }

    [Fact]
    public async Task Who_gives_up_before_the_batch_runs_is_not_in_it()
    {
        var (time, sizes) = (new ManualTimeProvider(), new ConcurrentQueue<int>());
        var pipeline = Sizes(sizes, new() { MaxSize = 4, MaxWait = TimeSpan.FromMilliseconds(50) }).Build(null, time);
        using var stop = new CancellationTokenSource();
        var (leaves, stays) = (pipeline.RunAsync(1, null, stop.Token), pipeline.RunAsync(2));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(20, await stays);
        Assert.Equal([1], sizes);
    }

    static PipelineBuilder<int, int> Sizes(ConcurrentQueue<int> sizes, BatchOptions options) => PipelineBuilder.Create<int>("sizes").Batch("work", (items, _) =>
    {
        sizes.Enqueue(items.Count);
        return Task.FromResult<IReadOnlyList<int>>([.. items.Select(static x => 10 * x)]);
    }, options);
}
