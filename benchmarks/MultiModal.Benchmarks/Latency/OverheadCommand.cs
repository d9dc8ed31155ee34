using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Benchmarks.Latency;

/// <summary>What the composer itself costs, an item and step: time and memory of pipelines whose steps do nothing.</summary>
static class OverheadCommand
{
    const int Steps = 8;

    public static Command Create()
    {
        var items = new Option<int>("--items") { Description = "Items a run.", DefaultValueFactory = _ => 100_000 };
        var command = new Command("composer", "What composing costs, an item and step.") { items };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var count = arguments.GetValue(items);
            Console.WriteLine(Machine.Describe());
            Console.WriteLine("| pipeline | µs an item and step | bytes an item and step |\n|---|---|---|");
            await MeasureAsync("8 steps, item by item", Chain(static (b, i) => b.Then($"s{i}", static x => x + 1)), Steps, count, false, cancellationToken);
            await MeasureAsync("8 steps that wait, item by item", Chain(static (b, i) => b.Then($"s{i}", YieldAsync)), Steps, count, false, cancellationToken);
            await MeasureAsync("8 steps, many items", Chain(static (b, i) => b.Then($"s{i}", static x => x + 1)), Steps, count, true, cancellationToken);
            await MeasureAsync("8 limited steps, many items", Chain(static (b, i) => b.Then($"s{i}", static x => x + 1, new() { MaxConcurrency = 4 })), Steps, count, true, cancellationToken);
            await MeasureAsync("2 steps, fork of 2, batch of 16, many items", Forked(), 5, count, true, cancellationToken);
        });
        return command;
    }

    static async Task<int> YieldAsync(int x, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return x + 1;
    }

    static Pipeline<int, int> Chain(Func<PipelineBuilder<int, int>, int, PipelineBuilder<int, int>> add) =>
        Enumerable.Range(0, Steps).Aggregate(PipelineBuilder.Create<int>("chain"), add).Build();

    static Pipeline<int, int> Forked() => PipelineBuilder.Create<int>("forked")
        .Then("one", static x => x)
        .Fork(static way => way.Then("left", static x => x), static way => way.Batch("batch", static (items, _) => Task.FromResult(items), new() { MaxSize = 16, MaxWait = TimeSpan.FromMilliseconds(1) }).Then("right", static x => x))
        .Join(static (a, b) => a + b)
        .Then("last", static x => x)
        .Build();

    static async Task MeasureAsync(string name, Pipeline<int, int> pipeline, int steps, int count, bool many, CancellationToken cancellationToken)
    {
        await RunAsync(Math.Min(count, 10_000));
        GC.Collect();
        var (bytes, started) = (GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        await RunAsync(count);
        var elapsed = Stopwatch.GetElapsedTime(started);
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {elapsed.TotalMicroseconds / count / steps:0.00} | {(double)bytes / count / steps:0} |"));

        async Task RunAsync(int items)
        {
            if (many)
            {
                await foreach (var result in pipeline.RunManyAsync(Enumerable.Range(0, items), null, cancellationToken))
                    _ = result.Value;
                return;
            }

            for (var i = 0; i < items; i++) await pipeline.RunAsync(i, null, cancellationToken);
        }
    }
}
