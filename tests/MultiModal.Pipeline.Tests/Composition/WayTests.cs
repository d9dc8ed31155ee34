using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class WayTests
{
    [Fact]
    public async Task A_branch_goes_the_way_of_its_key()
    {
        var pipeline = PipelineBuilder.Create<int>("branch")
            .When("negative", static x => x < 0, static way => way.Then("minus", static x => -x))
            .Branch(
                "remainder", static x => x % 3,
                new Dictionary<int, Func<PipelineBuilder<int, int>, PipelineBuilder<int, string>>> { [0] = static way => way.Then("zero", static _ => "fizz"), [1] = static way => way.Then("one", static x => $"{x}") })
            .Branch("short", static text => text.Length < 3, static way => way.Then("dot", static text => text + "."), static way => way.Then("bang", static text => text + "!"))
            .Build();
        Assert.Equal("fizz!", await pipeline.RunAsync(-6));
        Assert.Equal("7.", await pipeline.RunAsync(7));
        await foreach (var result in pipeline.RunManyAsync([8]))
            Assert.Equal("remainder", result.FailedStep);
    }

    [Fact]
    public async Task Keys_without_a_way_go_the_way_for_others()
    {
        var pipeline = PipelineBuilder.Create<string>("language")
            .Branch("which", static x => x, new Dictionary<string, Func<PipelineBuilder<string, string>, PipelineBuilder<string, string>>> { ["zh"] = static way => way.Then("ni", static _ => "你好") }, static way => way.Then("hi", static _ => "hello"))
            .Build();
        Assert.Equal(("你好", "hello"), (await pipeline.RunAsync("zh"), await pipeline.RunAsync("de")));
    }

    [Fact]
    public async Task Where_the_first_way_fails_the_next_is_taken_and_told()
    {
        var heard = new Items.Heard();
        var pipeline = PipelineBuilder.Create<int>("fallback")
            .Fallback("which", [Fails("cloud"), Fails("other cloud"), static way => way.Then("local", static x => x + 1)])
            .Build();
        Assert.Equal(2, await pipeline.RunAsync(1, heard));
        Assert.Equal(["which", "which"], heard.Told(StepEventKind.FellBack));
        Assert.Equal(["cloud", "other cloud"], heard.Told(StepEventKind.Failed));
    }

    [Fact]
    public async Task Where_all_ways_fail_the_last_error_counts_and_other_failures_pass_by()
    {
        var all = PipelineBuilder.Create<int>("all").Fallback("which", Fails("a"), Fails("b")).Build();
        await foreach (var result in all.RunManyAsync([1]))
            Assert.Equal("b", result.FailedStep);
        var some = PipelineBuilder.Create<int>("some").Fallback("which", Fails("a"), static way => way.Then("b", static x => x), static error => error is TimeoutException).Build();
        await Assert.ThrowsAsync<FormatException>(() => some.RunAsync(1));
    }

    [Fact]
    public async Task A_cancelled_run_does_not_fall_back()
    {
        using var stop = new CancellationTokenSource();
        var fell = false;
        var pipeline = PipelineBuilder.Create<int>("cancelled")
            .Fallback("which", way => way.Then<int>("first", async (_, token) =>
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
                return 0;
            }), way => way.Then("second", x =>
            {
                fell = true;
                return x;
            }))
            .Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipeline.RunAsync(1, null, stop.Token));
        Assert.False(fell);
    }

    static Func<PipelineBuilder<int, int>, PipelineBuilder<int, int>> Fails(string name) => way => way.Then<int>(name, static x => throw new FormatException());
}
