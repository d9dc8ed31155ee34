using MultiModal.Pipeline.Composition;
using MultiModal.Testing.Time;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class LimitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_step_never_works_on_more_items_than_it_may(int limit)
    {
        var crowd = new Items.Crowd();
        var pipeline = PipelineBuilder.Create<int>("limited").Then("work", (x, _) => crowd.InsideAsync(async () =>
        {
            await Task.Delay(1);
            return x;
        }), new() { MaxConcurrency = limit }).Build();
        Assert.Equal(60, await pipeline.RunManyAsync(Enumerable.Range(0, 60)).CountAsync(static r => r.IsSuccess));
        Assert.Equal(limit, crowd.Most);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(2, 5)]
    public async Task A_slow_step_holds_up_what_feeds_it(int queue, int fed)
    {
        // The slow step has one item, its queue the next ones, and the two places of the step before are kept by those that cannot go on.
        var (done, go) = (0, new TaskCompletionSource());
        var pipeline = PipelineBuilder.Create<int>("pressure")
            .Then("fast", x =>
            {
                Interlocked.Increment(ref done);
                return x;
            }, new() { MaxConcurrency = 2 })
            .Then("slow", async (x, _) =>
            {
                await go.Task;
                return x;
            }, new() { MaxConcurrency = 1, QueueCapacity = queue })
            .Build();
        var run = pipeline.RunManyAsync(Enumerable.Range(0, 40)).CountAsync(static r => r.IsSuccess).AsTask();
        while (Volatile.Read(ref done) < fed) await Task.Delay(1);
        await Task.Delay(50);
        Assert.Equal(fed, Volatile.Read(ref done));
        go.SetResult();
        Assert.Equal(40, await run);
        Assert.Equal(40, done);
    }

    [Fact]
    public async Task Places_are_given_back_whatever_happens()
    {
        var random = new Random(7);
        var limit = new StepOptions { MaxConcurrency = 1, QueueCapacity = 0 };
        var pipeline = PipelineBuilder.Create<int>("places")
            .Group("retried", way => way.Then("a", static x => x, limit).Fork(
                w => w.Then("b", Sometimes, limit).Then("c", Sometimes, limit), w => w.Then("d", Sometimes, new() { MaxConcurrency = 2 })).Join(static (b, _) => b), new() { MaxConcurrency = 2, Retries = 2, RetryDelay = TimeSpan.Zero })
            .Fallback("either", way => way.Then("e", Sometimes, limit), way => way.Then("f", static x => x, limit))
            .Then("g", static x => x, limit)
            .Build();
        for (var round = 0; round < 3; round++)
        {
            var results = await pipeline.RunManyAsync(Enumerable.Range(0, 300), new() { InOrder = round == 1 }).ToListAsync();
            Assert.Equal(Enumerable.Range(0, 300).Select(static i => (long)i), results.Select(static r => r.Index).Order());

            // Three attempts at three steps that fail at every third item leave about two thirds of the items.
            Assert.InRange(results.Count(static r => r.IsSuccess), 130, 270);
            using var stop = new CancellationTokenSource();
            await foreach (var result in pipeline.RunManyAsync(Enumerable.Range(0, 300), null, stop.Token))
            {
                if (result.Index == 50) break;
            }
        }

        Task<int> Sometimes(int x, CancellationToken token)
        {
            lock (random)
            {
                if (random.Next(3) == 0) throw new FormatException();
            }

            return Task.FromResult(x);
        }
    }

    [Fact]
    public async Task An_attempt_that_fails_is_repeated_ever_later()
    {
        var (time, heard, attempts) = (new ManualTimeProvider(), new Items.Heard(), 0);
        var pipeline = PipelineBuilder.Create<int>("retry")
            .Then("flaky", x => ++attempts < 3 ? throw new FormatException() : x, new() { Retries = 2, RetryDelay = TimeSpan.FromSeconds(10) })
            .Build(null, time);
        var run = pipeline.RunAsync(1, heard);
        await time.WaitForTimerAsync(static due => due > TimeSpan.Zero);
        Assert.Equal(1, attempts);
        time.Advance(TimeSpan.FromMinutes(1));
        await time.WaitForTimerAsync(static due => due > TimeSpan.Zero);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await run);
        Assert.Equal(["flaky", "flaky"], heard.Told(StepEventKind.Retrying));
        Assert.Empty(heard.Told(StepEventKind.Failed));
    }

    [Fact]
    public async Task Only_failures_that_are_worth_it_are_repeated()
    {
        var attempts = 0;
        var pipeline = PipelineBuilder.Create<int>("worth")
            .Then<int>("fails", x => ++attempts == 1 ? throw new TimeoutException() : throw new FormatException(), new() { Retries = 5, RetryDelay = TimeSpan.Zero, RetryOn = static error => error is TimeoutException })
            .Build();
        await Assert.ThrowsAsync<FormatException>(() => pipeline.RunAsync(1));
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_ended_and_says_so()
    {
        var time = new ManualTimeProvider();
        var pipeline = PipelineBuilder.Create<int>("slow")
            .Then<int>("waits", static async (x, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return x;
            }, new() { Timeout = TimeSpan.FromSeconds(30) })
            .Build(null, time);
        var run = pipeline.RunAsync(1);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("The step 'waits' did not end within 30 s.", (await Assert.ThrowsAsync<TimeoutException>(() => run)).Message);
    }
}
