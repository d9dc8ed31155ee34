using System.Diagnostics;
using System.Globalization;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Safety;
using MultiModal.Diffusion.Steering;
using MultiModal.Images;
using MultiModal.Runtime.Sessions;

namespace TextToImage;

/// <summary>What the command line asks for.</summary>
sealed record DrawingOptions(
    string Model, string Output, string? Preview, Device Device, bool Describe, string? TinyAutoencoder, string? SafetyChecker, string? Loras, string? Embeddings, string? Upscaler,
    bool Watermark, ControlOptions? Control, ImageRequest Request);

/// <summary>A ControlNet and what it follows.</summary>
sealed record ControlOptions(string Model, string Image, float Scale, bool Canny);

/// <summary>Loads, draws, saves, and says how long each took.</summary>
static class Drawing
{
    public static async Task<int> RunAsync(DrawingOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var loras = options.Loras is null ? null : new LoraLibrary(options.Loras);
        var settings = new DiffusionModelOptions
        {
            Runtime = new() { Device = options.Device }, TinyAutoencoder = options.TinyAutoencoder, SafetyChecker = options.SafetyChecker, Loras = loras,
            Embeddings = options.Embeddings is null ? null : new(options.Embeddings), Watermark = options.Watermark ? InvisibleWatermark.StableDiffusionXL : null,
        };
        await using var model = await DiffusionModel.LoadAsync(options.Model, settings, cancellationToken: cancellationToken);
        await using var upscaler = options.Upscaler is null ? null : await ImageUpscaler.LoadAsync(options.Upscaler, settings.Runtime, cancellationToken);
        await using var control = options.Control is { } steering
            ? await ControlNetModel.LoadAsync(steering.Model, new() { Device = options.Device }, cancellationToken) : null;
        var request = options.Request;
        if (control is not null)
        {
            var image = (await PictureFiles.LoadAsync(options.Control!.Image, cancellationToken))!;
            request = request with { Controls = [new(control, options.Control.Canny ? CannyEdges.Of(image) : image) { Scale = options.Control.Scale }] };
        }

        if (upscaler is not null) request = request with { HighResolution = (request.HighResolution ?? new() { Scale = upscaler.Scale }) with { Upscaler = upscaler } };
        var loaded = clock.Elapsed;
        if (options.Describe) Console.WriteLine(model.Describe());

        var (bar, sampled, steps) = (new ProgressBar(), TimeSpan.Zero, 0);
        await foreach (var update in model.GenerateStreamingAsync(request, cancellationToken))
        {
            switch (update)
            {
                case DiffusionUpdate.Stepped { Progress: var progress }:
                    bar.Show(progress.Step, progress.Steps, progress.Elapsed);
                    (sampled, steps) = (progress.Elapsed, progress.Steps);
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
                        Console.WriteLine($"{Path.GetFullPath(path)}  {images[i].Image.Width}x{images[i].Image.Height}, seed {images[i].Seed}{(images[i].Safety?.IsUnsafe == true ? ", judged unsafe" : "")}");
                        foreach (var note in images[i].Notes) Console.WriteLine(note);
                    }

                    break;
            }
        }

        var total = clock.Elapsed;
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
