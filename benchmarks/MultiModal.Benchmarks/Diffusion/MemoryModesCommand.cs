using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;

namespace MultiModal.Benchmarks.Diffusion;

/// <summary>
/// One memory mode at full size, in a process of its own: peak memory, loading and steps, and the hash of the picture, by which folders and
/// single files are compared.
/// </summary>
static class MemoryModesCommand
{
    public static Command Create()
    {
        var family = new Option<ModelFamily>("--family") { Description = "StableDiffusion1 (512x512) or StableDiffusionXL (1024x1024).", DefaultValueFactory = _ => ModelFamily.StableDiffusion1 };
        var mode = new Option<MemoryMode>("--mode") { Description = "Full, Balanced, Low or Auto.", DefaultValueFactory = _ => MemoryMode.Auto };
        var file = new Option<bool>("--file") { Description = "Load the model as a single file." };
        var steps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 2 };
        var write = new Option<bool>("--write-only") { Description = "Only write the model: 2.1 GB and as much again for the single file; SDXL 7 GB and as much again." };
        var command = new Command("modes", "Peak memory of one memory mode at full size, and the picture's hash.") { family, mode, file, steps, write };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var kind = arguments.GetValue(family);
            var folder = kind == ModelFamily.StableDiffusionXL ? "artifacts/bench/sdxl" : "artifacts/bench/sd15";
            FullSizeModel.Write(folder, kind);
            if ((arguments.GetValue(file) || arguments.GetValue(write)) && !File.Exists(folder + ".safetensors"))
                await CheckpointConverter.ToSingleFileAsync(folder, folder + ".safetensors", cancellationToken: cancellationToken);
            if (arguments.GetValue(write)) return;
            await RunAsync(folder, kind, arguments.GetValue(mode), arguments.GetValue(file), arguments.GetValue(steps), cancellationToken);
        });
        return command;
    }

    static async Task RunAsync(string folder, ModelFamily family, MemoryMode mode, bool file, int steps, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await using var model = await DiffusionModel.LoadAsync(
            file ? folder + ".safetensors" : folder, new() { Memory = mode, Configuration = file ? Path.Combine(folder, "tokenizer") : null }, cancellationToken: cancellationToken);
        var load = clock.Elapsed.TotalSeconds;
        var loaded = ProcessMemory.Peak();
        var times = new List<double>();
        clock.Restart();

        // One sampler for both: what a single file does not say is as published, and that is another.
        var images = await model.GenerateAsync(
            new("a koi pond, ink") { Seed = 7, Steps = steps, Guidance = 1, Scheduler = "DDIMScheduler" }, new TellingProgress<DiffusionProgress>(p => times.Add(p.Elapsed.TotalSeconds)), cancellationToken);
        var total = clock.Elapsed.TotalSeconds;
        var picture = images[0].Image;
        Print($"{family} {picture.Width}x{picture.Height}, {(file ? "single file" : "folder")}, MemoryMode.{model.Info.Memory}");
        Print($"load                   {load,8:F2} s");
        Print($"step, first and last   {times[0],8:F2} s {times[^1] - (times.Count > 1 ? times[^2] : 0),8:F2} s");
        Print($"prompt and decoding    {total - times[^1],8:F2} s");
        Print($"peak memory, loaded    {loaded / 1e9,8:F2} GB");
        Print($"peak memory, all       {ProcessMemory.Peak() / 1e9,8:F2} GB");
        Print($"picture                {Convert.ToHexStringLower(SHA256.HashData(picture.Pixels))[..16]}, notes: {string.Join("; ", images[0].Notes)}");

        static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
