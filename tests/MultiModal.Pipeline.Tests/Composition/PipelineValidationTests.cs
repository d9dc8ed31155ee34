using Microsoft.Extensions.DependencyInjection;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class PipelineValidationTests
{
    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var builder = PipelineBuilder.Create<int>("wrong")
            .Then("a", static x => x, new() { MaxConcurrency = 0 })
            .Then("a", static x => x, new() { QueueCapacity = 3, Timeout = TimeSpan.Zero, Retries = -1 })
            .Then(" ", static x => x)
            .Batch("b", static (items, _) => Task.FromResult(items), new() { MaxSize = 0, QueueCapacity = 2, MaxConcurrency = 0, MaxWait = TimeSpan.FromTicks(-1) })
            .Cache("c", static x => x, static way => way.Then("d", static x => x), new() { Capacity = 0, Lifetime = TimeSpan.Zero })
            .Fallback("e", [static way => way])
            .Branch("f", static x => x, new Dictionary<int, Func<PipelineBuilder<int, int>, PipelineBuilder<int, int>>>());
        var reasons = builder.Validate();
        Assert.Equal(
            ["0 items at once", "Two steps are called 'a'", "no limit of items", "time limit", "repeated -1", "no name", "batches of up to 0", "to fill", "0 batches at once", "keeps 0", "keeps results for", "1 ways", "no way to go"],
            Expected(reasons));
        var error = Assert.Throws<PipelineValidationException>(() => builder.Build());
        Assert.Equal(reasons, error.Reasons);
        Assert.Contains("'wrong'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_without_steps_cannot_run() => Assert.Equal(["It has no step."], PipelineBuilder.Create<int>("empty").Validate());

    [Fact]
    public void A_step_that_gives_a_task_is_found()
    {
        var reasons = PipelineBuilder.Create<int>("task").Then("late", static x => Task.FromResult(x)).Validate();
        Assert.Contains("'late' gives a Task<int>", Assert.Single(reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_that_could_never_fill_is_found() => Assert.Contains(
        "no batch could fill", Assert.Single(PipelineBuilder.Create<int>("b").Batch("b", static (items, _) => Task.FromResult(items), new() { MaxSize = 8, QueueCapacity = 4 }).Validate()), StringComparison.Ordinal);

    [Fact]
    public async Task Steps_come_from_the_container_or_are_missed_before_anything_runs()
    {
        var builder = PipelineBuilder.Create<string>("di").Then<Append, string>();
        Assert.Contains("'Append' cannot be made", Assert.Single(builder.Validate()), StringComparison.Ordinal);
        await using var provider = new ServiceCollection().AddSingleton("!").BuildServiceProvider();
        Assert.Equal("a!", await builder.Build(provider).RunAsync("a"));
        await using var registered = new ServiceCollection().AddSingleton(new Append("?")).BuildServiceProvider();
        Assert.Equal("a?", await builder.Build(registered).RunAsync("a"));
    }

    [Fact]
    public async Task Pipelines_are_registered_by_name_and_checked_when_the_application_starts()
    {
        await using var good = new ServiceCollection().AddSingleton("!")
            .AddPipeline<string, string>("first", static p => p.Then<Append, string>())
            .AddPipeline<string, string>("second", static p => p.Then("upper", static x => x.ToUpperInvariant()))
            .BuildServiceProvider();
        good.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate();
        Assert.Equal("x!", await good.GetRequiredService<Pipeline<string, string>>().RunAsync("x"));
        Assert.Equal("X", await good.GetRequiredKeyedService<Pipeline<string, string>>("second").RunAsync("x"));
        Assert.Equal(["first", "second"], good.GetServices<IPipeline>().Select(static p => p.Name));

        await using var bad = new ServiceCollection().AddPipeline<string, string>("bad", static p => p.Then<Append, string>()).BuildServiceProvider();
        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(bad.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate);
        Assert.Contains("'Append' cannot be made", error.Message, StringComparison.Ordinal);
    }

    static IEnumerable<string> Expected(IReadOnlyList<string> reasons)
    {
        string[] parts = ["0 items at once", "Two steps are called 'a'", "no limit of items", "time limit", "repeated -1", "no name", "batches of up to 0", "to fill", "0 batches at once", "keeps 0", "keeps results for", "1 ways", "no way to go"];
        return reasons.Select(reason => parts.FirstOrDefault(part => reason.Contains(part, StringComparison.Ordinal)) ?? reason);
    }

    sealed class Append(string tail) : IPipelineStep<string, string>
    {
        public ValueTask<string> InvokeAsync(string input, StepContext context, CancellationToken cancellationToken) => new(input + tail);
    }
}
