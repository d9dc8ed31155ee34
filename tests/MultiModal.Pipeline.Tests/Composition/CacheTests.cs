using MultiModal.Pipeline.Composition;
using MultiModal.Testing.Time;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class CacheTests
{
    int made;

    [Fact]
    public async Task What_was_made_is_remembered_until_its_time_is_over()
    {
        var time = new ManualTimeProvider();
        var heard = new Items.Heard();
        var pipeline = Cached(new() { Lifetime = TimeSpan.FromMinutes(1) }).Build(null, time);
        Assert.Equal("A1", await pipeline.RunAsync("a", heard));
        Assert.Equal("A1", await pipeline.RunAsync("A", heard));
        Assert.Equal(["remember"], heard.Told(StepEventKind.CacheHit));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("A2", await pipeline.RunAsync("a"));
    }

    [Fact]
    public async Task The_result_not_asked_for_longest_goes_first()
    {
        var pipeline = Cached(new() { Capacity = 2 }).Build();
        foreach (var text in (string[])["a", "b", "a", "c"]) await pipeline.RunAsync(text);
        Assert.Equal("A1", await pipeline.RunAsync("a"));
        Assert.Equal("B4", await pipeline.RunAsync("b"));
    }

    [Fact]
    public async Task Items_of_one_key_at_the_same_time_are_made_once()
    {
        var go = new TaskCompletionSource();
        var pipeline = PipelineBuilder.Create<int>("once").Cache("remember", static x => x / 10, way => way.Then("make", async (x, _) =>
        {
            Interlocked.Increment(ref made);
            await go.Task;
            return x;
        })).Build();
        var runs = Enumerable.Range(0, 10).Select(i => pipeline.RunAsync(i)).ToArray();
        go.SetResult();
        Assert.Single((await Task.WhenAll(runs)).Distinct());
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task Failures_are_not_remembered_and_tell_their_step()
    {
        var pipeline = PipelineBuilder.Create<int>("fails").Cache("remember", static x => x, way => way.Then("make", x => ++made == 1 ? throw new FormatException() : x)).Build();
        var results = await pipeline.RunManyAsync([7, 7], new() { MaxInFlight = 1 }).ToListAsync();
        Assert.Equal(("make", true), (results[0].FailedStep, results[1].IsSuccess));
    }

    [Fact]
    public async Task Who_waits_is_served_although_who_made_it_gave_up()
    {
        using var stop = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        var pipeline = PipelineBuilder.Create<int>("given up").Cache("remember", static x => x, way => way.Then("make", async (x, token) =>
        {
            if (Interlocked.Increment(ref made) > 1) return x;
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return x;
        })).Build();
        var first = pipeline.RunAsync(1, null, stop.Token);
        await entered.Task;
        var second = pipeline.RunAsync(1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(1, await second);
        Assert.Equal(2, made);
    }

    PipelineBuilder<string, string> Cached(CacheOptions options) => PipelineBuilder.Create<string>("cached")
        .Cache("remember", static text => text.ToUpperInvariant(), way => way.Then("make", text => $"{text.ToUpperInvariant()}{Interlocked.Increment(ref made)}"), options);
}
