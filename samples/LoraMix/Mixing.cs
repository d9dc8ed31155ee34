using System.Diagnostics;
using System.Globalization;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Images;

namespace LoraMix;

/// <summary>What the command line asks for.</summary>
sealed record MixingOptions(
    string Model, IReadOnlyList<string> Loras, string? Prompt, string Output, int? Size, int Steps, long Seed, string? Fuse, string? Merge);

/// <summary>Loads adapters, says what they are, draws with them, and writes them anew.</summary>
static class Mixing
{
    public static async Task<int> RunAsync(MixingOptions options, CancellationToken cancellationToken)
    {
        await using var model = await DiffusionModel.LoadAsync(options.Model, cancellationToken: cancellationToken);
        var uses = new List<LoraUse>();
        try
        {
            foreach (var lora in options.Loras)
            {
                var (path, weight) = Split(lora);
                var weights = await LoraWeights.LoadAsync(path, cancellationToken);
                uses.Add(new(weights, weight));
                await DescribeAsync(weights, model, cancellationToken);
            }

            if (options.Prompt is not null) await DrawAsync(model, uses, options, cancellationToken);
            if (options.Fuse is not null)
            {
                await model.SaveFusedLoraAsync(uses, options.Fuse, cancellationToken: cancellationToken);
                Console.WriteLine($"{Path.GetFullPath(options.Fuse)}  {uses.Count} adapters as one");
            }

            if (options.Merge is not null)
            {
                await model.SaveMergedAsync(uses, options.Merge, cancellationToken);
                Console.WriteLine($"{Path.GetFullPath(options.Merge)}  the model with {uses.Count} adapters");
            }

            return 0;
        }
        finally
        {
            foreach (var use in uses) use.Weights.Dispose();
        }
    }

    static async Task DescribeAsync(LoraWeights lora, DiffusionModel model, CancellationToken cancellationToken)
    {
        Console.WriteLine(model.Match(lora));
        Console.WriteLine($"  {string.Join(", ", lora.Kinds)}, rank {lora.MaximumRank}, hash {(await lora.WeightsHashAsync(cancellationToken))[..12]}");
        if (lora.Metadata.BaseModel is { } trained) Console.WriteLine($"  trained on {trained}");
        if (lora.Metadata.Tags is [_, ..] tags) Console.WriteLine($"  words: {string.Join(", ", tags.Take(10).Select(t => t.Key))}");
    }

    /// <summary>Without, with each alone, and with all: one model serves them all, and no request sees another's adapters.</summary>
    static async Task DrawAsync(DiffusionModel model, List<LoraUse> uses, MixingOptions options, CancellationToken cancellationToken)
    {
        var request = new ImageRequest(options.Prompt!) { Seed = options.Seed, Steps = options.Steps, Width = options.Size, Height = options.Size };
        List<IReadOnlyList<LoraUse>> sets = [[], .. uses.Select(u => (IReadOnlyList<LoraUse>)[u])];
        if (uses.Count > 1) sets.Add(uses);
        var pictures = new List<ImageBuffer>();
        foreach (var set in sets)
        {
            var clock = Stopwatch.StartNew();
            var image = (await model.GenerateAsync(request with { Loras = set }, cancellationToken: cancellationToken))[0];
            pictures.Add(image.Image);
            var name = set.Count == 0 ? "without" : string.Join(" + ", set.Select(u => string.Create(CultureInfo.InvariantCulture, $"{u.Weights.Name}:{u.Scale}")));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {clock.Elapsed.TotalSeconds:F2} s"));
            foreach (var note in image.Notes) Console.WriteLine($"  {note}");
        }

        await PngCodec.Default.SaveAsync(SideBySide(pictures), options.Output, cancellationToken);
        Console.WriteLine($"{Path.GetFullPath(options.Output)}  {pictures.Count} pictures side by side");
    }

    static ImageBuffer SideBySide(List<ImageBuffer> pictures)
    {
        var (width, height) = (pictures[0].Width, pictures[0].Height);
        var all = new ImageBuffer(width * pictures.Count, height);
        for (var i = 0; i < pictures.Count; i++)
            for (var y = 0; y < height; y++) pictures[i].Row(y).CopyTo(all.Row(y)[(i * width * 3)..]);
        return all;
    }

    /// <summary>"ink.safetensors:0.8" to the file and the weight; a colon of a Windows drive is none.</summary>
    static (string Path, float Weight) Split(string lora)
    {
        var at = lora.LastIndexOf(':');
        return at > 1 && float.TryParse(lora.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) ? (lora[..at], weight) : (lora, 1);
    }
}
