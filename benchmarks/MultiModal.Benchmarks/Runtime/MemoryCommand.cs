using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Benchmarks.Runtime;

/// <summary>Peak memory, loading time and the cost of the first run for each way to give a network its weights.</summary>
static class MemoryCommand
{
    static readonly string[][] Variants =
    [
        ["--weights", "Constant"],
        ["--weights", "Constant", "--optimization", "Extended"],
        ["--weights", "Shared"],
        ["--weights", "Shared", "--optimization", "Extended"],
        ["--weights", "Shared", "--fresh"],
        ["--weights", "Shared", "--unplanned"],
        ["--weights", "Shared", "--spin"],
        ["--weights", "Shared", "--own-pool"],
    ];

    public static Command Create()
    {
        var file = new Option<string>("--file") { Description = "Where the generated checkpoint is or will be (1.5 GB).", DefaultValueFactory = _ => "artifacts/bench/large.safetensors" };
        var blocks = new Option<int>("--blocks") { Description = "Blocks of 28 million weights.", DefaultValueFactory = _ => 26 };
        var weights = new Option<WeightPlacement?>("--weights") { Description = "Measure this placement only, in this process." };
        var optimization = new Option<GraphOptimization>("--optimization") { DefaultValueFactory = _ => GraphOptimization.All };
        var fresh = new Option<bool>("--fresh") { Description = "Give activations back to the system." };
        var unplanned = new Option<bool>("--unplanned") { Description = "Do not plan activations." };
        var spin = new Option<bool>("--spin") { Description = "Let idle threads spin." };
        var own = new Option<bool>("--own-pool") { Description = "A pool of its own for the session." };
        var command = new Command("memory", "Peak memory and first run, by placement of the weights.") { file, blocks, weights, optimization, fresh, unplanned, spin, own };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var path = arguments.GetRequiredValue(file);
            LargeNetwork.Write(path, arguments.GetValue(blocks));
            if (arguments.GetValue(weights) is not { } placement)
            {
                foreach (var variant in Variants) await SpawnAsync(path, arguments.GetValue(blocks), variant, cancellationToken);
                return;
            }

            var options = new RuntimeOptions
            {
                Weights = placement,
                Optimization = arguments.GetValue(optimization),
                KeepActivationMemory = !arguments.GetValue(fresh),
                PlanActivationMemory = !arguments.GetValue(unplanned),
                SpinWhileIdle = arguments.GetValue(spin),
                ShareThreadPool = !arguments.GetValue(own),
            };
            await MeasureAsync(path, arguments.GetValue(blocks), options, cancellationToken);
        });
        return command;
    }

    /// <summary>The peak is the process's, so each variant has a process.</summary>
    static async Task SpawnAsync(string path, int blocks, string[] variant, CancellationToken cancellationToken)
    {
        Console.Write($"{string.Join(' ', variant.Skip(1)),-40}");
        string[] host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        string[] arguments = [.. host, "memory", "--file", path, "--blocks", blocks.ToString(CultureInfo.InvariantCulture), .. variant];
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments))!;
        await process.WaitForExitAsync(cancellationToken);
    }

    static async Task MeasureAsync(string path, int blocks, RuntimeOptions options, CancellationToken cancellationToken)
    {
        using var weights = SafetensorsFile.Open(path);
        var model = LargeNetwork.Build(weights, blocks);
        var clock = Stopwatch.StartNew();
        await using var session = await NetworkSession.CreateAsync(model, options, cancellationToken: cancellationToken);
        var load = clock.Elapsed.TotalSeconds;
        var loaded = Peak();
        using var binding = session.CreateBinding();
        binding.SetInput("x", LargeNetwork.Input());
        var runs = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            clock.Restart();
            binding.Run(cancellationToken);
            runs.Add(clock.Elapsed.TotalSeconds);
        }

        using var process = Process.GetCurrentProcess();
        var warm = runs.Skip(1).Min();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"load {load,6:F2} s   peak loaded {loaded / LargeNetwork.Float32Bytes(blocks),5:F2}   peak {Peak() / LargeNetwork.Float32Bytes(blocks),5:F2}   " +
            $"first run {runs[0],5:F2} s   warm {warm,5:F2} s ({LargeNetwork.Operations(blocks) / warm / 1e9,4:F0} GFLOP/s)   processor {process.TotalProcessorTime.TotalSeconds,5:F1} s"));
    }

    static double Peak() => OperatingSystem.IsLinux()
        ? double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024
        : Process.GetCurrentProcess().PeakWorkingSet64;
}
