using System.Diagnostics;
using System.Globalization;
using MultiModal.Diffusion.Generation;
using MultiModal.Images;
using MultiModal.Runtime.Sessions;

namespace TextToImage;

/// <summary>What the command line asks for.</summary>
sealed record DrawingOptions(string Model, string Output, string? Preview, Device Device, bool Describe, ImageRequest Request);

/// <summary>Loads, draws, saves, and says how long each took.</summary>
static class Drawing
{
    public static async Task<int> RunAsync(DrawingOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await using var model = await DiffusionModel.LoadAsync(options.Model, new() { Runtime = new() { Device = options.Device } }, cancellationToken: cancellationToken);
        var loaded = clock.Elapsed;
        if (options.Describe) Console.WriteLine(model.Describe());

        var (bar, sampled) = (new ProgressBar(), TimeSpan.Zero);
        await foreach (var update in model.GenerateStreamingAsync(options.Request, cancellationToken))
        {
            switch (update)
            {
                case DiffusionUpdate.Stepped { Progress: var progress }:
                    bar.Show(progress.Step, progress.Steps, progress.Elapsed);
                    sampled = progress.Elapsed;
                    break;
                case DiffusionUpdate.Preview preview:
                    await SaveAsync(preview.Images[0], options.Preview!, cancellationToken);
                    break;
                case DiffusionUpdate.Completed { Images: var images }:
                    bar.Clear();
                    for (var i = 0; i < images.Count; i++)
                    {
                        var path = Numbered(options.Output, i, images.Count);
                        await SaveAsync(images[i].Image, path, cancellationToken);
                        Console.WriteLine($"{Path.GetFullPath(path)}  {images[i].Image.Width}x{images[i].Image.Height}, seed {images[i].Seed}");
                    }

                    break;
            }
        }

        var total = clock.Elapsed;
        var steps = options.Request.Steps;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"load {loaded.TotalSeconds:F2} s, {steps} steps {sampled.TotalSeconds:F2} s ({steps / sampled.TotalSeconds:F2} steps/s), total {total.TotalSeconds:F2} s"));
        return 0;
    }

    static Task SaveAsync(ImageBuffer image, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return PngCodec.Default.SaveAsync(image, path, cancellationToken);
    }

    static string Numbered(string path, int index, int count) =>
        count == 1 ? path : Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{index + 1}{Path.GetExtension(path)}");
}
