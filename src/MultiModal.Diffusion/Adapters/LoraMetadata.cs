using System.Globalization;
using System.Text.Json;

namespace MultiModal.Diffusion.Adapters;

/// <summary>What an adapter's file says of itself: kohya's "ss_" entries, "modelspec." entries and others.</summary>
public sealed class LoraMetadata
{
    internal LoraMetadata(IReadOnlyDictionary<string, string> entries) => Entries = entries;

    /// <summary>All entries as they stand in the file; empty for files that have none.</summary>
    public IReadOnlyDictionary<string, string> Entries { get; }

    /// <summary>What its author calls it: modelspec.title or ss_output_name.</summary>
    public string? Title => Find("modelspec.title") ?? Find("ss_output_name");

    /// <summary>The name it was trained under, by which prompts may call it too: ss_output_name.</summary>
    public string? OutputName => Find("ss_output_name");

    /// <summary>Who made it: modelspec.author.</summary>
    public string? Author => Find("modelspec.author");

    /// <summary>What it is and how it is used: modelspec.description or ss_training_comment.</summary>
    public string? Description => Find("modelspec.description") ?? Find("ss_training_comment");

    /// <summary>Words that call up what was learnt: modelspec.trigger_phrase.</summary>
    public string? TriggerPhrase => Find("modelspec.trigger_phrase");

    /// <summary>The kind of model it was trained on: ss_base_model_version ("sd_v1", "sdxl_base_v1-0") or modelspec.architecture.</summary>
    public string? BaseModel => Find("ss_base_model_version") ?? Find("modelspec.architecture");

    /// <summary>The file of the model it was trained on: ss_sd_model_name.</summary>
    public string? TrainedOn => Find("ss_sd_model_name");

    /// <summary>The rank it was trained with: ss_network_dim. Layers may have others.</summary>
    public int? Rank => int.TryParse(Find("ss_network_dim"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var rank) ? rank : null;

    /// <summary>The alpha it was trained with: ss_network_alpha.</summary>
    public float? Alpha => float.TryParse(Find("ss_network_alpha"), NumberStyles.Float, CultureInfo.InvariantCulture, out var alpha) ? alpha : null;

    /// <summary>The layer of the text encoder that was read in training: ss_clip_skip.</summary>
    public int? ClipSkip => int.TryParse(Find("ss_clip_skip"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var skip) ? skip : null;

    /// <summary>How often each tag stood in the captions it was trained on, over all folders, the most frequent first: ss_tag_frequency.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Tags => ReadTags();

    string? Find(string key) => Entries.TryGetValue(key, out var value) && value.Length > 0 && value != "None" ? value : null;

    List<KeyValuePair<string, int>> ReadTags()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        if (Find("ss_tag_frequency") is not { } text) return [];
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return [];
            foreach (var folder in document.RootElement.EnumerateObject())
            {
                if (folder.Value.ValueKind != JsonValueKind.Object) continue;
                foreach (var tag in folder.Value.EnumerateObject())
                    if (tag.Value.ValueKind == JsonValueKind.Number && tag.Value.TryGetInt32(out var count)) counts[tag.Name.Trim()] = counts.GetValueOrDefault(tag.Name.Trim()) + count;
            }
        }
        catch (JsonException)
        {
            // Its author's note is no reason to refuse the adapter.
            return [];
        }

        return [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)];
    }
}
