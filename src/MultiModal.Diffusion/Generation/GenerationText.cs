using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MultiModal.Diffusion.Steering;
using MultiModal.Diffusion.Text.Prompts;

namespace MultiModal.Diffusion.Generation;

/// <summary>
/// The text "parameters" of a picture, in the form A1111's web interface writes and everybody reads. A request that draws from noise alone,
/// read back from its picture's text, draws the picture again; pictures, ControlNets and refiners are not in the text.
/// </summary>
public static partial class GenerationText
{
    /// <summary>The key under which it stands in a PNG.</summary>
    public const string Key = "parameters";

    /// <summary>Reads a request from a picture's text.</summary>
    /// <param name="text">The text, of this library's, of A1111's or of a program that writes like it.</param>
    /// <returns>The request. What the text does not say, or says in a way that is not understood, has its default.</returns>
    public static ImageRequest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.ReplaceLineEndings("\n").Trim('\n').Split('\n');
        var last = lines.Length - 1;
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (lines[last].StartsWith("Steps:", StringComparison.OrdinalIgnoreCase) || Setting().Count(lines[last]) >= 3)
        {
            foreach (Match match in Setting().Matches(lines[last]))
                if (Unquote(match.Groups[2].Value.Trim()) is { Length: > 0 } value) values[match.Groups[1].Value] = value;
            last--;
        }

        var negativeAt = Array.FindIndex(lines, 0, last + 1, l => l.StartsWith("Negative prompt:", StringComparison.OrdinalIgnoreCase));
        var prompt = string.Join('\n', lines[..(negativeAt < 0 ? last + 1 : negativeAt)]);
        var negative = negativeAt < 0 ? null : string.Join('\n', lines[negativeAt..(last + 1)])["Negative prompt:".Length..].Trim();
        return Apply(new(prompt) { NegativePrompt = negative }, values);
    }

    /// <summary>Writes the text of a picture.</summary>
    internal static string Write(ImageRequest request, string scheduler, long seed, long? subSeed, int width, int height, string model, AdapterHashes? hashes = null)
    {
        var text = new StringBuilder(request.Prompt);

        // As a prompt calls them: read back, they are found in a library by their names.
        foreach (var lora in request.Loras) text.Append(lora.Call);
        if (!string.IsNullOrEmpty(request.NegativePrompt)) text.Append("\nNegative prompt: ").Append(request.NegativePrompt);
        var parts = new List<string>();
        Add("Steps", request.Steps);
        Add("Sampler", request.Scheduler ?? scheduler);
        if ((request.ScheduleType ?? (request.KarrasSigmas is { } karras ? karras ? "Karras" : "Uniform" : null)) is { } type) Add("Schedule type", type);
        Add("CFG scale", request.Guidance);
        Add("Seed", seed);
        Add("Size", $"{width}x{height}");
        Add("Model", model);
        if (request.SubSeedStrength > 0)
        {
            Add("Variation seed", subSeed ?? 0);
            Add("Variation seed strength", request.SubSeedStrength);
        }

        if (request.Init is not null) Add("Denoising strength", request.Strength);
        if (request.Mask is not null)
        {
            Add("Mask blur", request.MaskBlur);
            if (request.MaskedContent != MaskedContent.Original) Add("Masked content", request.MaskedContent switch { MaskedContent.Fill => "fill", MaskedContent.LatentNoise => "latent noise", _ => "latent nothing" });
            if (request.MaskedOnly)
            {
                Add("Inpaint area", "Only masked");
                Add("Masked area padding", request.MaskPadding);
            }
        }

        if (request.ClipSkip is { } skip) Add("Clip skip", skip);
        if (request.Emphasis != Emphasis.Original) Add("Emphasis", request.Emphasis switch { Emphasis.NoNorm => "No norm", Emphasis.FromEmpty => "From empty", _ => "Ignore" });
        if (!request.PromptSyntax) Add("Prompt syntax", "off");
        if (request.Noise == NoiseKind.Philox) Add("RNG", "NV");
        if (request.StepSeedDelta != 0) Add("ENSD", request.StepSeedDelta);
        if (request.Sampler.Eta is { } eta) Add("Eta", eta);
        if (request.Sampler.Churn != 0) Add("Sigma churn", request.Sampler.Churn);
        if (request.Sampler.NoiseScale != 1) Add("Sigma noise", request.Sampler.NoiseScale);
        if (request.GuidanceRescale != 0) Add("CFG Rescale", request.GuidanceRescale);
        if (request.GuidanceFrom != 0) Add("Guidance from", request.GuidanceFrom);
        if (request.GuidanceTo != 1) Add("Guidance to", request.GuidanceTo);
        if (request.StepCaching != 0) Add("Step caching", request.StepCaching);
        if (request.FeatureCaching != 1) Add("Feature caching", request.FeatureCaching);
        if (request.ImageGuidance != 1.5f) Add("Image CFG scale", request.ImageGuidance);
        if (request.Refiner is { } refiner)
        {
            Add("Refiner", refiner.Model.Info.Name);
            Add("Refiner switch at", refiner.SwitchAt);
        }

        if (request.Tiles is { } tiles)
        {
            Add("Tile size", tiles.Size ?? 0);
            Add("Tile overlap", tiles.Overlap ?? -1);
        }

        if (request.TinyDecoding) Add("VAE Decoder", "TAESD");
        if (request.HighResolution is { } high)
        {
            Add("Denoising strength", high.Strength);
            Add("Hires upscale", high.Scale);
            if (high.Steps > 0) Add("Hires steps", high.Steps);
            Add("Hires upscaler", high.Upscaler?.Name ?? (high.InLatents ? "Latent" : "Lanczos"));
        }

        if (hashes?.Loras is { Length: > 0 } loras) Add("Lora hashes", loras);
        if (hashes?.Embeddings is { Length: > 0 } embeddings) Add("TI hashes", embeddings);
        return text.Append('\n').AppendJoin(", ", parts).ToString();

        void Add(string name, object value) => parts.Add($"{name}: {Quote(Convert.ToString(value, CultureInfo.InvariantCulture)!)}");
    }

    static ImageRequest Apply(ImageRequest request, Dictionary<string, string> values)
    {
        var size = values.GetValueOrDefault("Size")?.Split('x');
        request = request with
        {
            Steps = Whole("Steps") is { } steps and >= 1 and <= 1000 ? (int)steps : request.Steps,
            Scheduler = values.GetValueOrDefault("Sampler"),
            ScheduleType = values.GetValueOrDefault("Schedule type"),
            Guidance = Number("CFG scale") ?? request.Guidance,
            Seed = Whole("Seed"),
            Width = size?.Length == 2 && int.TryParse(size[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width) ? width : null,
            Height = size?.Length == 2 && int.TryParse(size[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height) ? height : null,
            ClipSkip = Whole("Clip skip") is { } skip and >= 1 and <= 64 ? (int)skip : null,
            Emphasis = values.GetValueOrDefault("Emphasis") switch { "No norm" => Emphasis.NoNorm, "From empty" => Emphasis.FromEmpty, "Ignore" or "None" => Emphasis.Ignore, _ => Emphasis.Original },
            PromptSyntax = values.GetValueOrDefault("Prompt syntax") is not "off",

            // A1111's own default is a GPU's noise, which it does not write.
            Noise = (values.GetValueOrDefault("RNG") ?? (values.GetValueOrDefault("Version")?.StartsWith('v') == true ? "GPU" : "CPU")) is "NV" or "GPU" ? NoiseKind.Philox : NoiseKind.TorchCpu,
            StepSeedDelta = Whole("ENSD") ?? 0,
            SubSeed = Whole("Variation seed"),
            SubSeedStrength = Unit("Variation seed strength") ?? 0,
            GuidanceRescale = Unit("CFG Rescale") ?? Unit("CFG Rescale φ") ?? 0,
            GuidanceFrom = Unit("Guidance from") ?? 0,
            GuidanceTo = Unit("Guidance to") ?? 1,
            StepCaching = Number("Step caching") is { } error and >= 0 and <= 100 ? error : 0,
            FeatureCaching = Whole("Feature caching") is { } interval and >= 1 and <= 100 ? (int)interval : 1,
            ImageGuidance = Number("Image CFG scale") is { } image and >= 1 ? image : 1.5f,
            Tiles = Whole("Tile size") is { } tile and (0 or (>= 8 and <= 1 << 14))
                ? new() { Size = tile == 0 ? null : (int)tile, Overlap = Whole("Tile overlap") is { } overlap and >= 0 && overlap < (tile == 0 ? 1 << 14 : tile) ? (int)overlap : null } : null,
            TinyDecoding = values.GetValueOrDefault("VAE Decoder") is "TAESD",
            Sampler = request.Sampler with { Eta = Number("Eta"), Churn = Number("Sigma churn") ?? 0, NoiseScale = Number("Sigma noise") ?? 1 },
        };
        if (Number("Hires upscale") is { } scale and > 1 and <= 8)
            return request with
            {
                HighResolution = new()
                {
                    Scale = scale, Strength = Unit("Denoising strength") ?? 0.7f, Steps = Whole("Hires steps") is { } count and >= 0 and <= 1000 ? (int)count : 0,
                    InLatents = values.GetValueOrDefault("Hires upscaler")?.StartsWith("Latent", StringComparison.Ordinal) ?? true,
                },
            };
        return Unit("Denoising strength") is { } strength ? request with { Strength = strength } : request;

        long? Whole(string key) => values.TryGetValue(key, out var value) && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

        float? Number(string key) =>
            values.TryGetValue(key, out var value) && float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number : null;

        float? Unit(string key) => Number(key) is { } number and >= 0 and <= 1 ? number : null;
    }

    static string Quote(string value) =>
        value.AsSpan().IndexOfAny(",:\n\"") >= 0 ? $"\"{JsonEncodedText.Encode(value)}\"" : value;

    static string Unquote(string value)
    {
        if (value.Length < 2 || value[0] != '"' || value[^1] != '"') return value;
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.GetString() ?? value;
        }
        catch (JsonException)
        {
            return value;
        }
    }

    [GeneratedRegex(@"\s*(\w[\w /-]*):\s*(""(?:\\.|[^\\""])*""|[^,]*)(?:,|$)")]
    private static partial Regex Setting();
}
