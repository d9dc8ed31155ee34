using System.Globalization;

namespace MultiModal.Diffusion.Adapters;

/// <summary>Factors for the blocks of a model, on top of an adapter's weight.</summary>
public sealed record LoraBlocks
{
    // The lists that programs for block weights exchange: only blocks that kohya's LoRAs change (SD 1 and 2, SDXL), or all.
    static readonly string[] attention1 = ["BASE", "IN01", "IN02", "IN04", "IN05", "IN07", "IN08", "M00", .. Names("OUT", 3, 11)];
    static readonly string[] attentionXL = ["BASE", "IN04", "IN05", "IN07", "IN08", "M00", .. Names("OUT", 0, 5)];
    static readonly string[] all1 = ["BASE", .. Names("IN", 0, 11), "M00", .. Names("OUT", 0, 11)];
    static readonly string[] allXL = ["BASE", .. Names("IN", 0, 8), "M00", .. Names("OUT", 0, 8)];

    readonly Dictionary<string, float> factors;

    /// <summary>Takes factors.</summary>
    /// <param name="factors">
    /// By block: as lists of block weights call them (IN00 to IN11, M00, OUT00 to OUT11; BASE is the text encoder), or the beginning of a layer's
    /// name in diffusers' layout ("down_blocks", "up_blocks.1", "mid_block.attentions.0"). Where several fit, the longest name counts; what none
    /// fits has 1.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is not between -100 and 100.</exception>
    public LoraBlocks(IReadOnlyDictionary<string, float> factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.FirstOrDefault(f => !(Math.Abs(f.Value) <= 100)) is { Key: { } name } bad) throw new ArgumentOutOfRangeException(nameof(factors), bad.Value, $"The factor of '{name}' lies between -100 and 100.");
        this.factors = new(factors, StringComparer.Ordinal);
    }

    /// <summary>The factors by block.</summary>
    public IReadOnlyDictionary<string, float> Factors => factors;

    /// <summary>One factor each for the way down, the middle and the way up of the UNet.</summary>
    /// <param name="down">down_blocks, and what stands outside of blocks.</param>
    /// <param name="middle">mid_block.</param>
    /// <param name="up">up_blocks.</param>
    public static LoraBlocks Of(float down = 1, float middle = 1, float up = 1) =>
        new(new Dictionary<string, float>
        {
            ["down_blocks"] = down, ["mid_block"] = middle, ["up_blocks"] = up,
            ["conv_in"] = down, ["conv_norm_out"] = down, ["conv_out"] = down, ["time_embedding"] = down, ["add_embedding"] = down,
        });

    /// <summary>Reads a list of block weights, such as "1,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1,1".</summary>
    /// <param name="text">
    /// Numbers between commas: 17 (Stable Diffusion 1 and 2) or 12 (SDXL) for blocks with attention, 26 or 20 for all; the first is the text
    /// encoder's. Or names with numbers: "IN04=0.5,up_blocks=0".
    /// </param>
    /// <exception cref="FormatException">It is no such list.</exception>
    public static LoraBlocks Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (text.Contains('=', StringComparison.Ordinal))
        {
            var named = new Dictionary<string, float>();
            foreach (var part in parts)
                if (part.Split('=', StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, var value]) named[name] = Number(value);
                else throw new FormatException($"'{part}' in a list of block weights is no name with a number.");
            return new(named);
        }

        var names = parts.Length switch
        {
            17 => attention1,
            12 => attentionXL,
            26 => all1,
            20 => allXL,
            _ => throw new FormatException($"A list of block weights has 17 or 26 numbers (Stable Diffusion 1 and 2), 12 or 20 (SDXL); this one has {parts.Length}."),
        };
        var factors = new Dictionary<string, float>();
        for (var i = 0; i < parts.Length; i++)
            factors[names[i]] = Number(parts[i]);
        return new(factors);

        static float Number(string part) => float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= 100
            ? value : throw new FormatException($"'{part}' in a list of block weights is no number between -100 and 100.");
    }

    /// <summary>Equal factors are equal blocks.</summary>
    /// <param name="other">Others.</param>
    public bool Equals(LoraBlocks? other) => other is not null && Key == other.Key;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The factors as text.</summary>
    internal string Key => string.Join(',', factors.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key}={f.Value:R}")));

    internal float FactorOf(LoraTarget target)
    {
        var (longest, factor) = (-1, 1f);
        foreach (var (name, value) in factors)
            if (name.Length > longest && (name == target.Block || (!target.IsText && IsBelow(target.Layer, name)))) (longest, factor) = (name.Length, value);
        return factor;
    }

    static bool IsBelow(string layer, string name) =>
        layer.StartsWith(name, StringComparison.Ordinal) && (layer.Length == name.Length || layer[name.Length] == '.');

    static IEnumerable<string> Names(string way, int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(i => string.Create(CultureInfo.InvariantCulture, $"{way}{i:D2}"));
}
