using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Diffusion.Generation;
using MultiModal.Images;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Benchmarks.Diffusion;

/// <summary>Stable Diffusion 1.5 at its true size: loading, UNet and decoder against the MatMul rate, peak memory against the weights.</summary>
static class FullSizeCommand
{
    const double UNetOperations = 0.678e12, DecoderOperations = 2.5e12;

    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "Where the generated model is or will be (2.1 GB).", DefaultValueFactory = _ => "artifacts/bench/sd15" };
        var steps = new Option<int>("--steps") { Description = "UNet runs after the first.", DefaultValueFactory = _ => 3 };
        var output = new Option<string?>("--output") { Description = "Also save the picture (noise: the weights are generated)." };
        var without = new Option<string[]>("--without") { Description = "Passes to leave out, by their type names.", AllowMultipleArgumentsPerToken = true };
        var placement = new Option<WeightPlacement>("--weights") { Description = "Where weights live.", DefaultValueFactory = _ => WeightPlacement.Auto };
        var profile = new Option<string?>("--profile") { Description = "Also write how long each operator took, to files that begin so (see the command profile)." };
        var command = new Command("sd15", "Stable Diffusion 1.5 at full size, 512x512.") { folder, steps, output, without, placement, profile };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            FullSizeModel.Write(arguments.GetRequiredValue(folder));
            var passes = GraphPasses.Default.Where(p => arguments.GetValue(without)?.Contains(p.GetType().Name) != true).ToList();
            var options = new RuntimeOptions { Weights = arguments.GetValue(placement), ProfilePrefix = arguments.GetValue(profile) };
            await RunAsync(arguments.GetRequiredValue(folder), arguments.GetValue(steps), arguments.GetValue(output), passes, options, cancellationToken);
        });
        return command;
    }

    static async Task RunAsync(
        string folder, int steps, string? output, IReadOnlyList<IGraphPass> passes, RuntimeOptions options, CancellationToken cancellationToken)
    {
        using var rate = await MatMulRate.CreateAsync(new RuntimeOptions());
        rate.Measure();

        var clock = Stopwatch.StartNew();
        var told = new TellingProgress<LoadProgress>(p => Print($"  before {p.Stage,-14} {clock.Elapsed.TotalSeconds,8:F2} s   {ProcessMemory.Now() / 1e9:F2} GB in memory"));
        await using var model = await DiffusionModel.LoadAsync(folder, new() { Runtime = options, Passes = passes }, told, cancellationToken);
        var load = clock.Elapsed.TotalSeconds;
        var afterLoad = ProcessMemory.Peak();

        var times = new List<double>();
        clock.Restart();
        var images = await model.GenerateAsync(
            new("a koi pond, ink") { Seed = 7, Steps = steps + 1, Guidance = 1, Width = 512, Height = 512 }, new TellingProgress<DiffusionProgress>(p => times.Add(p.Elapsed.TotalSeconds)), cancellationToken);
        var total = clock.Elapsed.TotalSeconds;
        rate.Measure();
        var runs = times.Zip(times.Prepend(0), (end, start) => end - start).ToList();
        var warm = runs.Skip(1).Order().ElementAt(steps / 2);
        var decode = total - times[^1];
        Print($"MatMul 2048^3          {rate.Median / 1e9,8:F0} GFLOP/s");
        Print($"load                   {load,8:F2} s");
        Print($"UNet, first run        {runs[0],8:F2} s   efficiency {UNetOperations / runs[0] / rate.Median:F2}");
        Print($"UNet, warm (median)    {warm,8:F2} s   efficiency {UNetOperations / warm / rate.Median:F2}");
        Print($"VAE decode             {decode,8:F2} s   efficiency {DecoderOperations / decode / rate.Median:F2}");
        Print($"peak memory, loaded    {afterLoad / 1e9,8:F2} GB  {afterLoad / FullSizeModel.Float32Bytes:F2} times the float32 weights");
        Print($"peak memory, all       {ProcessMemory.Peak() / 1e9,8:F2} GB  {ProcessMemory.Peak() / FullSizeModel.Float32Bytes:F2} times the float32 weights");
        if (output is not null) await PngCodec.Default.SaveAsync(images[0].Image, output, cancellationToken);

        static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
