using BenchmarkDotNet.Attributes;
using MultiModal.Diffusion.Generation;

namespace MultiModal.Benchmarks.Latency.Suites;

/// <summary>A picture of 512x512 in 4 and in 20 steps, guided.</summary>
public class DiffusionSuite
{
    DiffusionModel model = null!;

    /// <summary>Sampling steps.</summary>
    [Params(4, 20)]
    public int Steps { get; set; }

    /// <summary>Loads the model.</summary>
    [GlobalSetup]
    public void Load() => model = MeasuredModels.LoadDiffusionAsync().GetAwaiter().GetResult();

    /// <summary>Unloads the model.</summary>
    [GlobalCleanup]
    public void Unload() => model.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>A picture.</summary>
    [Benchmark]
    public Task<IReadOnlyList<GeneratedImage>> Picture() => model.GenerateAsync(new("a koi pond, ink") { Seed = 7, Steps = Steps, Width = 512, Height = 512 });
}
