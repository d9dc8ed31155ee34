using BenchmarkDotNet.Attributes;
using MultiModal.Pipeline.Composition;

namespace MultiModal.Benchmarks.Latency.Suites;

/// <summary>Pipelines whose steps do nothing. A call is 1,000 items, since one takes less than a clock can tell.</summary>
public class PipelineSuite
{
    const int Items = 1000;

    readonly Pipeline<int, int> chain = Enumerable.Range(0, 8).Aggregate(PipelineBuilder.Create<int>("chain"), static (b, i) => b.Then($"s{i}", static x => x + 1)).Build();
    readonly Pipeline<int, int> fork = PipelineBuilder.Create<int>("fork").Fork(static way => way.Then("a", static x => x), static way => way.Then("b", static x => x)).Join(static (a, b) => a + b).Build();
    readonly Pipeline<int, int> batch = PipelineBuilder.Create<int>("batch").Batch("b", static (items, _) => Task.FromResult(items), new() { MaxSize = 16, MaxWait = TimeSpan.FromMilliseconds(1) }).Build();
    readonly Pipeline<int, int> cache = PipelineBuilder.Create<int>("cache").Cache("c", static x => x % 10, static way => way.Then("a", static x => x)).Build();

    /// <summary>Eight steps, item by item.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public async Task EightSteps()
    {
        for (var i = 0; i < Items; i++) await chain.RunAsync(i);
    }

    /// <summary>Eight steps, many items at once.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public ValueTask<int> EightStepsMany() => chain.RunManyAsync(Enumerable.Range(0, Items)).CountAsync();

    /// <summary>A fork of two.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public ValueTask<int> Fork() => fork.RunManyAsync(Enumerable.Range(0, Items)).CountAsync();

    /// <summary>Batches of 16.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public ValueTask<int> Batch() => batch.RunManyAsync(Enumerable.Range(0, Items)).CountAsync();

    /// <summary>Results that are remembered.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public ValueTask<int> CacheHit() => cache.RunManyAsync(Enumerable.Range(0, Items)).CountAsync();
}
