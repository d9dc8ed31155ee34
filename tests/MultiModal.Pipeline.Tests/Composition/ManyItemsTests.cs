using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class ManyItemsTests
{
    /// <summary>How many items the accounting test runs: a slice by default, all 100,000 with MULTIMODAL_PIPELINE_ITEMS=100000.</summary>
    static int Count => int.TryParse(Environment.GetEnvironmentVariable("MULTIMODAL_PIPELINE_ITEMS"), out var count) ? count : 10_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_item_of_a_forked_batched_failing_pipeline_is_accounted_for(bool inOrder)
    {
        var pipeline = PipelineBuilder.Create<int>("accounting")
            .Then("one", FailsAt(0), new() { MaxConcurrency = 8 })
            .Fork(
                way => way.Then("left", FailsAt(1)).Then("leap", static async (x, _) =>
                {
                    await Task.Yield();
                    return x;
                }),
                way => way.Batch("batch", static (items, _) => items.Any(static x => Fails(x, 2))
                    ? Task.FromException<IReadOnlyList<int>>(new FormatException("batch"))
                    : Task.FromResult<IReadOnlyList<int>>([.. items.Select(static x => -x)]), new() { MaxSize = 16, MaxWait = TimeSpan.FromMilliseconds(2), MaxConcurrency = 2 }))
            .Then("last", static pair => Fails(pair.Item1, 3) ? throw new FormatException("last") : pair.Item1 - pair.Item2)
            .Build();
        var seen = new bool[Count];
        var (next, failed) = (0L, new Dictionary<string, int>());
        await foreach (var result in pipeline.RunManyAsync(Enumerable.Range(0, Count), new() { InOrder = inOrder }))
        {
            if (inOrder) Assert.Equal(next++, result.Index);
            Assert.False(seen[result.Index]);
            seen[result.Index] = true;
            var x = (int)result.Index;
            Assert.Equal(!Enumerable.Range(0, 4).Any(step => Fails(x, step)), result.IsSuccess);
            if (result.IsSuccess) Assert.Equal(2 * x, result.Value);
            else failed[result.FailedStep!] = failed.GetValueOrDefault(result.FailedStep!) + 1;
        }

        Assert.DoesNotContain(false, seen);
        Assert.Equal(["batch", "last", "left", "one"], failed.Keys.Order());

        // 5 % of the items of every step fail, each item of a batch of its own accord.
        Assert.InRange(failed["one"], Count / 25, Count / 16);

        static Func<int, int> FailsAt(int step) => x => Fails(x, step) ? throw new FormatException() : x;
        static bool Fails(int x, int step) => (uint)HashCode(x, step) % 20 == 0;
        static int HashCode(int x, int step)
        {
            // A fixed mixing of both numbers, the same in every process.
            var h = ((uint)x * 2654435761u) ^ ((uint)(step + 1) * 2246822519u);
            h ^= h >> 15;
            h *= 3266489917u;
            return (int)(h ^ (h >> 13));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_source_is_asked_for_no_more_than_there_is_room_for(bool inOrder)
    {
        var taken = 0;
        var pipeline = PipelineBuilder.Create<int>("room").Then("x", static x => x).Build();
        await using var results = pipeline.RunManyAsync(Source(), new() { MaxInFlight = 5, InOrder = inOrder }).GetAsyncEnumerator();
        await results.MoveNextAsync();
        while (Volatile.Read(ref taken) < 6) await Task.Delay(1);
        await Task.Delay(20);

        // Six have room: five, and the one the caller has taken.
        Assert.Equal(6, Volatile.Read(ref taken));

        async IAsyncEnumerable<int> Source()
        {
            for (var i = 0; i < 100; i++)
            {
                Interlocked.Increment(ref taken);
                yield return i;
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Results_come_as_they_are_done_where_order_does_not_matter()
    {
        var go = new TaskCompletionSource();
        var pipeline = PipelineBuilder.Create<int>("late").Then("x", async (x, _) =>
        {
            if (x == 0) await go.Task;
            return x;
        }).Build();
        var order = new List<long>();
        await foreach (var result in pipeline.RunManyAsync(Enumerable.Range(0, 5), new() { InOrder = false }))
        {
            order.Add(result.Index);
            if (order.Count == 4) go.SetResult();
        }

        Assert.Equal(0, order[^1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_source_fails_its_items_come_first(bool inOrder)
    {
        var pipeline = PipelineBuilder.Create<int>("source").Then("x", static async (x, token) =>
        {
            await Task.Delay(5, token);
            return x;
        }).Build();
        var results = new List<int>();
        var error = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var result in pipeline.RunManyAsync(Source(), new() { InOrder = inOrder })) results.Add(result.Value);
        });
        Assert.Equal(("broken", 3), (error.Message, results.Count));

        static async IAsyncEnumerable<int> Source()
        {
            for (var i = 0; i < 3; i++) yield return i;
            await Task.Yield();
            throw new FormatException("broken");
        }
    }

    [Fact]
    public async Task Leaving_early_gives_up_what_is_under_way_and_waits_for_it()
    {
        var crowd = new Items.Crowd();
        var pipeline = PipelineBuilder.Create<int>("left").Then("x", (x, token) => crowd.InsideAsync(async () =>
        {
            if (x > 0) await Task.Delay(Timeout.Infinite, token);
            return x;
        })).Build();
        await foreach (var result in pipeline.RunManyAsync(Enumerable.Range(0, 100)))
        {
            Assert.Equal(0, result.Value);
            break;
        }

        Assert.Equal(0, crowd.Now);
    }

    [Fact]
    public async Task A_cancelled_run_of_many_ends_with_that()
    {
        using var stop = new CancellationTokenSource();
        var crowd = new Items.Crowd();
        var pipeline = PipelineBuilder.Create<int>("stopped").Then("x", (x, token) => crowd.InsideAsync(async () =>
        {
            if (x == 9) await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return x;
        })).Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pipeline.RunManyAsync(Enumerable.Range(0, 100), null, stop.Token).ToListAsync());
        Assert.Equal(0, crowd.Now);
    }

    [Fact]
    public void A_failed_item_has_no_value_and_says_why()
    {
        var failed = new ItemResult<int>(3, new FormatException("bad"), "read");
        var error = Assert.Throws<InvalidOperationException>(() => failed.Value);
        Assert.Equal("Item 3 failed at 'read': bad", error.Message);
        Assert.IsType<FormatException>(error.InnerException);
    }
}
