using System.Text.Json;
using System.Text.RegularExpressions;

namespace MultiModal.Diffusion.Adapters;

/// <summary>Alpha as PEFT keeps it: not beside each layer, but in adapter_config.json or in the file's metadata.</summary>
sealed class PeftSettings
{
    readonly List<(string Component, double? Alpha, bool IsRankStabilised, List<(string Pattern, double Alpha)> Patterns)> parts = [];

    /// <summary>Reads what stands beside or in a file.</summary>
    /// <param name="path">The adapter's file.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <exception cref="InvalidFileException">adapter_config.json is damaged.</exception>
    public static PeftSettings Of(string path, IReadOnlyDictionary<string, string> metadata)
    {
        var settings = new PeftSettings();
        if (metadata.TryGetValue("lora_adapter_metadata", out var text)) settings.Read(text, path, isFlat: true);
        var config = Path.Combine(Path.GetDirectoryName(path) ?? "", "adapter_config.json");
        if (Path.GetFileName(path).StartsWith("adapter_model", StringComparison.Ordinal) && File.Exists(config))
            settings.Read(File.ReadAllText(config), config, isFlat: false);
        return settings;
    }

    /// <summary>Puts what holds for a layer into it.</summary>
    public void ApplyTo(LoraModule module)
    {
        var layer = LoraKeys.Bare(module.Layer);
        foreach (var (component, alpha, isRankStabilised, patterns) in parts)
        {
            if (!layer.StartsWith(component, StringComparison.Ordinal)) continue;
            var rest = layer[component.Length..];
            var own = patterns.FirstOrDefault(p => Matches(rest, p.Pattern));
            (module.CommonAlpha, module.IsRankStabilised) = (own.Pattern is null ? alpha : own.Alpha, isRankStabilised);
            return;
        }
    }

    void Read(string text, string path, bool isFlat)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new JsonException("It is no object.");
            if (!isFlat)
            {
                Add("", key => root.TryGetProperty(key, out var value) ? value : null);
                return;
            }

            foreach (var component in root.EnumerateObject().Select(p => p.Name.Split('.')[0]).Distinct().ToList())
                Add(component + ".", key => root.TryGetProperty($"{component}.{key}", out var value) ? value : null);
        }
        catch (JsonException e)
        {
            throw new InvalidFileException(path, "the adapter's configuration is no JSON object.", isFlat ? "metadata 'lora_adapter_metadata'" : null, innerException: e);
        }
    }

    void Add(string component, Func<string, JsonElement?> find)
    {
        var patterns = new List<(string, double)>();
        if (find("alpha_pattern") is { ValueKind: JsonValueKind.Object } pattern)
            foreach (var entry in pattern.EnumerateObject())
                if (Number(entry.Value) is { } alpha) patterns.Add((entry.Name, alpha));
        parts.Add((component, find("lora_alpha") is { } common ? Number(common) : null, find("use_rslora") is { ValueKind: JsonValueKind.True }, patterns));
    }

    /// <summary>PEFT's rule: the pattern is the layer's name, or its end after a dot; it may be a regular expression.</summary>
    static bool Matches(string layer, string pattern)
    {
        if (layer == pattern || layer.EndsWith("." + pattern, StringComparison.Ordinal)) return true;
        try
        {
            return Regex.IsMatch(layer, $@"(?:.*\.)?(?:{pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
}
