using System.Globalization;
using MultiModal.Diffusion.Adapters;

namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>A LoRA that a prompt asks for: <c>&lt;lora:name:0.8&gt;</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TextWeight">Its weight in the text encoder; 1 where none is given.</param>
/// <param name="UNetWeight">Its weight in the UNet; that of the text encoder where none is given.</param>
public sealed record PromptLora(string Name, float TextWeight, float UNetWeight)
{
    /// <summary>Factors for single blocks ("in=", "mid=", "out=", "lbw="); null where there are none.</summary>
    public LoraBlocks? Blocks { get; init; }

    /// <summary>How many ranks count ("dyn="); null for all.</summary>
    public int? MaximumRank { get; init; }

    /// <summary>Reads what stands between the colons; numbers that are none have their defaults, as in A1111.</summary>
    internal static PromptLora Of(IReadOnlyList<string> positional, IReadOnlyDictionary<string, string> named)
    {
        var text = Number(named.GetValueOrDefault("te") ?? positional.ElementAtOrDefault(1), 1);
        var unet = Number(named.GetValueOrDefault("unet") ?? positional.ElementAtOrDefault(2), text);
        var dyn = named.GetValueOrDefault("dyn") ?? positional.ElementAtOrDefault(3);
        int? rank = int.TryParse(dyn, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most : null;
        var name = positional[0].Trim();
        if (named.TryGetValue("lbw", out var list) && TryParse(list) is { } blocks) return new(name, text, unet) { Blocks = blocks, MaximumRank = rank };
        if (!named.ContainsKey("in") && !named.ContainsKey("mid") && !named.ContainsKey("out")) return new(name, text, unet) { MaximumRank = rank };

        // A1111's are weights in place of the UNet's; factors are on top of it, which is therefore 1.
        return new(name, text, 1)
        {
            Blocks = LoraBlocks.Of(Number(named.GetValueOrDefault("in"), unet), Number(named.GetValueOrDefault("mid"), unet), Number(named.GetValueOrDefault("out"), unet)),
            MaximumRank = rank,
        };
    }

    static float Number(string? text, float fallback) => text is not null && PromptSyntax.TryNumber(text, out var value) ? (float)value : fallback;

    static LoraBlocks? TryParse(string list)
    {
        try
        {
            return LoraBlocks.Parse(list);
        }
        catch (FormatException)
        {
            // No prompt is an error.
            return null;
        }
    }
}
