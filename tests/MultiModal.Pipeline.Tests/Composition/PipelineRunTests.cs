using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class PipelineRunTests
{
    [Fact]
    public async Task Steps_follow_each_other_however_they_are_written()
    {
        var pipeline = PipelineBuilder.Create<int>("sum")
            .Then("double", static x => x * 2)
            .Then("add", static async (x, token) =>
            {
                await Task.Delay(1, token);
                return x + 1;
            })
            .Then("value", static (int x, CancellationToken _) => new ValueTask<int>(x * 10))
            .Then("context", static (x, context, _) => Task.FromResult($"{context.Pipeline}/{context.Step}/{context.Item}: {x}"))
            .Then("class", new Shout())
            .Build();
        Assert.Equal("SUM/CONTEXT/0: 70", await pipeline.RunAsync(3));
        Assert.Equal(["double", "add", "value", "context", "class"], pipeline.Steps);
    }

    [Fact]
    public async Task A_description_can_be_continued_in_two_ways_and_be_part_of_another()
    {
        var start = PipelineBuilder.Create<int>("start").Then("double", static x => x * 2);
        var one = start.Then("one", static x => x + 1);
        var two = start.Then("two", static x => $"{x}");
        Assert.Equal(7, await one.Build().RunAsync(3));
        Assert.Equal("6", await two.Build().RunAsync(3));
        Assert.Equal("14", await one.Then(PipelineBuilder.Create<int>("inner").Then("twice", static x => 2 * x).Then("text", static x => $"{x}")).Build().RunAsync(3));
    }

    [Fact]
    public async Task What_a_step_throws_comes_out_as_it_is_and_the_steps_after_it_do_not_run()
    {
        var ran = false;
        var thrown = new FormatException("bad");
        var pipeline = PipelineBuilder.Create<int>("fails")
            .Then("good", static x => x)
            .Then<int>("bad", (int _, CancellationToken _) => Task.FromException<int>(thrown))
            .Then("after", x => ran = true)
            .Build();
        Assert.Same(thrown, await Assert.ThrowsAsync<FormatException>(() => pipeline.RunAsync(1)));
        Assert.False(ran);
    }

    [Fact]
    public async Task Events_tell_what_happens_at_each_step()
    {
        var heard = new Items.Heard();
        var pipeline = PipelineBuilder.Create<int>("events")
            .Then("first", static (x, context, _) =>
            {
                context.Report(0.5);
                context.Progress!.Report(1);
                return Task.FromResult(x);
            })
            .Then<int>("second", static x => throw new FormatException())
            .Build();
        await Assert.ThrowsAsync<FormatException>(() => pipeline.RunAsync(1, heard));
        Assert.Equal(
            [("first", StepEventKind.Started, null), ("first", StepEventKind.Progress, 0.5), ("first", StepEventKind.Progress, 1), ("first", StepEventKind.Completed, null), ("second", StepEventKind.Started, null), ("second", StepEventKind.Failed, (double?)null)],
            heard.Events.Select(static e => (e.Step, e.Kind, e.Fraction)));
        Assert.IsType<FormatException>(heard.Events[^1].Error);
        Assert.All(heard.Events, static e => Assert.Equal(("events", 0L), (e.Pipeline, e.Item)));
    }

    [Fact]
    public async Task Cancelling_stops_the_step_under_way_and_those_after_it()
    {
        using var stop = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        var ran = false;
        var pipeline = PipelineBuilder.Create<int>("cancelled")
            .Then("waits", async (x, token) =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return x;
            })
            .Then("after", x => ran = true)
            .Build();
        var run = pipeline.RunAsync(1, null, stop.Token);
        await entered.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.False(ran);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PipelineBuilder.Create<int>("x").Then("s", x => ran = true).Build().RunAsync(1, null, stop.Token));
        Assert.False(ran);
    }

    sealed class Shout : IPipelineStep<string, string>
    {
        public ValueTask<string> InvokeAsync(string input, StepContext context, CancellationToken cancellationToken) => new(input.ToUpperInvariant());
    }
}
