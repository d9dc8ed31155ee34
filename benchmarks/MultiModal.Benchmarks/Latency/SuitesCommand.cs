using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MultiModal.Benchmarks.Latency.Suites;

namespace MultiModal.Benchmarks.Latency;

/// <summary>The BenchmarkDotNet suites: every iteration is one call, so that percentiles are those of calls.</summary>
static class SuitesCommand
{
    static readonly Dictionary<string, Type> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Voice"] = typeof(VoiceSuite),
        ["Diffusion"] = typeof(DiffusionSuite),
        ["Cloud"] = typeof(CloudSuite),
        ["Pipeline"] = typeof(PipelineSuite),
    };

    public static Command Create()
    {
        var suites = new Argument<string[]>("suites") { Description = $"Which: {string.Join(", ", All.Keys)}; all where none is named.", Arity = ArgumentArity.ZeroOrMore };
        var iterations = new Option<int>("--iterations") { Description = "Calls measured of each benchmark.", DefaultValueFactory = _ => 100 };
        var command = new Command("suites", "BenchmarkDotNet suites with p50, p90 and p99. Models and device as for targets. Results are Markdown in artifacts/benchmarks.") { suites, iterations };
        command.SetAction(arguments =>
        {
            var names = arguments.GetValue(suites) is { Length: > 0 } some ? some : [.. All.Keys];
            if (names.FirstOrDefault(static name => !All.ContainsKey(name)) is { } unknown)
            {
                Console.Error.WriteLine($"There is no suite '{unknown}'; there are {string.Join(", ", All.Keys)}.");
                return 1;
            }

            var config = Config(arguments.GetValue(iterations));
            return names.Select(name => BenchmarkRunner.Run(All[name], config)).Any(static summary => summary.HasCriticalValidationErrors || summary.Reports.Any(static report => !report.Success)) ? 1 : 0;
        });
        return command;
    }

    // In this process: models are loaded from where they are, and the packages of ONNX Runtime need no second restore.
    static ManualConfig Config(int iterations) => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(3).WithIterationCount(iterations).WithInvocationCount(1).WithUnrollFactor(1).WithId("Calls"))
        .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params)
        .AddColumn(StatisticColumn.Mean, StatisticColumn.P50, StatisticColumn.P90, new P99Column(), StatisticColumn.Max)
        .AddColumnProvider(DefaultColumnProviders.Metrics)
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddExporter(MarkdownExporter.GitHub)
        .AddLogger(ConsoleLogger.Default)
        .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
}
