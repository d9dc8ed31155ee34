using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Diffusion.Generation;
using MultiModal.Images;

namespace MultiModal.Benchmarks.Diffusion;

/// <summary>What each way of saving work wins at full size, and how far its picture is from the one without.</summary>
static class AccelerationsCommand
{
    static readonly (string Name, Func<ImageRequest, ImageRequest> Turn)[] ways =
    [
        ("off", r => r),
        ("guidance to 0.6", r => r with { GuidanceTo = 0.6f }),
        ("guidance 0.2 to 0.8", r => r with { GuidanceFrom = 0.2f, GuidanceTo = 0.8f }),
        ("step caching 1", r => r with { StepCaching = 1 }),
        ("feature caching 2", r => r with { FeatureCaching = 2 }),
        ("feature caching 3", r => r with { FeatureCaching = 3 }),
        ("feature caching 3, guidance to 0.6", r => r with { FeatureCaching = 3, GuidanceTo = 0.6f }),
        ("tiny decoder", r => r with { TinyDecoding = true }),
        ("LCM, 4 steps, no guidance", r => r with { Scheduler = "LCMScheduler", Steps = 4, Guidance = 1 }),
    ];

    public static Command Create()
    {
        var steps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 10 };
        var size = new Option<int>("--size") { Description = "Width and height in pixels.", DefaultValueFactory = _ => 512 };
        var only = new Option<string?>("--only") { Description = "Only the ways whose name holds this, and 'off'." };
        var command = new Command("accelerations", "Ways of saving work: seconds against 'off', and the picture's distance from it. Stable Diffusion 1.5 at full size.") { steps, size, only };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            const string folder = "artifacts/bench/sd15";
            FullSizeModel.Write(folder);
            var chosen = ways.Where(w => w.Name == "off" || arguments.GetValue(only) is not { } part || w.Name.Contains(part, StringComparison.Ordinal));
            await RunAsync(folder, FullSizeModel.WriteTinyAutoencoder(folder), arguments.GetValue(steps), arguments.GetValue(size), [.. chosen], cancellationToken);
        });
        return command;
    }

    static async Task RunAsync(string folder, string tiny, int steps, int size, IReadOnlyList<(string Name, Func<ImageRequest, ImageRequest> Turn)> chosen, CancellationToken cancellationToken)
    {
        await using var model = await DiffusionModel.LoadAsync(folder, new() { TinyAutoencoder = tiny }, cancellationToken: cancellationToken);
        var request = new ImageRequest("a koi pond, ink") { Seed = 7, Steps = steps, Guidance = 7.5f, Width = size, Height = size };

        // Every form of the networks is compiled, and its memory touched, before anything is measured.
        await model.GenerateAsync(request with { Steps = 1, Guidance = 1 }, cancellationToken: cancellationToken);
        if (chosen.Any(c => c.Name.Contains("feature", StringComparison.Ordinal))) await model.GenerateAsync(request with { Steps = 2, Guidance = 1, FeatureCaching = 2 }, cancellationToken: cancellationToken);
        if (chosen.Any(c => c.Name.Contains("tiny", StringComparison.Ordinal))) await model.GenerateAsync(request with { Steps = 1, Guidance = 1, TinyDecoding = true }, cancellationToken: cancellationToken);
        (double Sampling, double Decoding, ImageBuffer Image)? off = null;
        Console.WriteLine("way                                     sampling  steps/s  decoding    whole  mean distance");
        foreach (var (name, turn) in chosen)
        {
            var sampling = 0.0;
            var own = turn(request);
            var clock = Stopwatch.StartNew();
            var image = (await model.GenerateAsync(own, new TellingProgress<DiffusionProgress>(p => sampling = p.Elapsed.TotalSeconds), cancellationToken))[0].Image;
            var decoding = clock.Elapsed.TotalSeconds - sampling;
            off ??= (sampling, decoding, image);
            var distance = Enumerable.Range(0, image.Pixels.Length).Average(i => Math.Abs(image.Pixels[i] - off.Value.Image.Pixels[i]));
            var gain = (off.Value.Sampling + off.Value.Decoding) / (sampling + decoding);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-38} {sampling,8:F2} s {own.Steps / sampling,7:F3} {decoding,7:F2} s   x {gain,4:F2}   {distance,6:F2} of 255"));
        }
    }
}
