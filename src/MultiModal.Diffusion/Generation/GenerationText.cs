using System.Globalization;
using System.Text;

namespace MultiModal.Diffusion.Generation;

/// <summary>The text "parameters" of a picture, in the form A1111's web interface writes and everybody reads.</summary>
static class GenerationText
{
    /// <summary>The key under which it stands in a PNG.</summary>
    public const string Key = "parameters";

    public static string Write(ImageRequest request, string scheduler, long seed, int width, int height, string model)
    {
        var text = new StringBuilder(request.Prompt);
        if (!string.IsNullOrEmpty(request.NegativePrompt)) text.Append("\nNegative prompt: ").Append(request.NegativePrompt);
        return text.Append('\n').Append(string.Create(
            CultureInfo.InvariantCulture,
            $"Steps: {request.Steps}, Sampler: {Quote(scheduler)}, CFG scale: {request.Guidance}, Seed: {seed}, Size: {width}x{height}, Model: {Quote(model)}")).ToString();
    }

    static string Quote(string value) =>
        value.AsSpan().IndexOfAny(",:\n\"") >= 0 ? $"\"{System.Text.Json.JsonEncodedText.Encode(value)}\"" : value;
}
