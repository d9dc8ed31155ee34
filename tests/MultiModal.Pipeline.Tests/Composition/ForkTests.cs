using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class ForkTests
{
    [Fact]
    public async Task Ways_run_at_the_same_time_and_join_in_order()
    {
        using var meet = new Barrier(3);
        string Meet(string text)
        {
            Assert.True(meet.SignalAndWait(TimeSpan.FromSeconds(30)));
            return text;
        }

        var pipeline = PipelineBuilder.Create<int>("fork")
            .Fork(way => way.Then("a", x => Meet($"a{x}")), way => way.Then("b", x => Meet($"b{x}")), way => way.Then("c", x => Meet($"c{x}")).Then("n", static text => text.Length))
            .Join(static (a, b, c) => $"{a}{b}{c}")
            .Build();
        Assert.Equal("a7b72", await pipeline.RunAsync(7));
    }

    [Fact]
    public async Task Any_number_of_ways_of_one_kind_give_a_list()
    {
        var pipeline = PipelineBuilder.Create<int>("all").ForkAll(Enumerable.Range(0, 5).Select(n => (Func<PipelineBuilder<int, int>, PipelineBuilder<int, int>>)(way => way.Then($"times {n}", x => x * n))).ToArray()).Build();
        Assert.Equal([0, 3, 6, 9, 12], await pipeline.RunAsync(3));
        Assert.Equal(["A fork has no way."], PipelineBuilder.Create<int>("none").Then("x", static x => x).ForkAll<int>().Validate());
    }

    [Fact]
    public async Task When_one_way_fails_the_other_is_given_up_and_awaited()
    {
        var (started, ended) = (new TaskCompletionSource(), false);
        var pipeline = PipelineBuilder.Create<int>("fails")
            .Fork(
                way => way.Then<int>("slow", async (x, token) =>
                {
                    started.SetResult();
                    try
                    {
                        await Task.Delay(Timeout.Infinite, token);
                    }
                    finally
                    {
                        ended = true;
                    }

                    return x;
                }),
                way => way.Then<int>("bad", async (int _, CancellationToken _) =>
                {
                    await started.Task;
                    throw new FormatException();
                }))
            .Build();
        await foreach (var result in pipeline.RunManyAsync([1]))
        {
            Assert.IsType<FormatException>(result.Error);
            Assert.Equal("bad", result.FailedStep);
        }

        Assert.True(ended);
    }

    [Fact]
    public async Task A_cancelled_fork_is_cancelled_by_the_callers_token()
    {
        using var stop = new CancellationTokenSource();
        var pipeline = PipelineBuilder.Create<int>("cancelled")
            .Fork(static way => way.Then("x", Wait), static way => way.Then("y", Wait))
            .Build();
        var run = pipeline.RunAsync(1, null, stop.Token);
        await stop.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(stop.Token, error.CancellationToken);

        static async Task<int> Wait(int x, CancellationToken token)
        {
            await Task.Delay(Timeout.Infinite, token);
            return x;
        }
    }
}
