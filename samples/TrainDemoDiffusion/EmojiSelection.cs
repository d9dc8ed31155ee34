using System.Text.Json;

namespace TrainDemoDiffusion;

/// <summary>One picture of the package: its file, what it is called, and the captions of its visits.</summary>
sealed record Emoji(string File, string Name, IReadOnlyList<string> Captions);

/// <summary>Which pictures the model learns: things that look different from each other, under plain English names.</summary>
static class EmojiSelection
{
    static readonly HashSet<string> Wanted = new(StringComparer.Ordinal)
    {
        "animal-mammal", "animal-bird", "animal-amphibian", "animal-reptile", "animal-marine", "animal-bug", "plant-flower", "plant-other", "food-fruit",
        "food-vegetable", "food-sweet", "transport-ground", "transport-water", "transport-air", "musical-instrument", "event",
    };

    // Street signs and the like, which are no things; names that say nothing about what is seen; pictures that are nearly another's.
    static readonly HashSet<string> Unwanted = new(StringComparer.Ordinal)
    {
        "busstop", "construction", "octagonal_sign", "fuelpump", "vertical_traffic_light", "traffic_light", "rotating_light", "wheel", "railway_track", "motorway", "oil_drum",
        "service_dog", "guide_dog", "black_bird", "hatched_chick", "small_airplane", "ticket", "admission_tickets", "reminder_ribbon", "ribbon", "red_envelope", "flags",
        "wind_chime", "tanabata_tree", "rice_scene", "dolls", "bamboo", "sparkles", "tada", "confetti_ball", "wing", "empty_nest", "microbe", "feet", "spider_web", "worm",
        "pig_nose", "rosette", "leaves", "herb", "mountain_railway", "station", "monorail", "light_rail", "train", "oncoming_bus", "oncoming_police_car",
        "oncoming_automobile", "oncoming_taxi", "minibus", "bullettrain_side", "bullettrain_front", "tram", "railway_car", "trolleybus", "articulated_lorry", "seat",
        "suspension_railway", "aerial_tramway", "motorized_wheelchair", "sparkler", "firecracker", "airplane_departure", "airplane_arriving", "ferry", "motor_boat",
    };

    public static async Task<IReadOnlyList<Emoji>> ReadAsync(string package, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(Path.Combine(package, "emoji.json"));
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        var chosen = new List<(string File, string Name)>();
        foreach (var entry in document.RootElement.EnumerateArray().OrderBy(e => e.GetProperty("sort_order").GetInt32()))
        {
            var (kind, word) = (entry.GetProperty("subcategory").GetString()!, entry.GetProperty("short_name").GetString()!);
            if (!entry.GetProperty("has_img_twitter").GetBoolean() || !Wanted.Contains(kind) || Unwanted.Contains(word)) continue;
            var file = Path.Combine(package, "img", "twitter", "64", entry.GetProperty("image").GetString()!);
            if (!File.Exists(file)) continue;
            var name = entry.GetProperty("name").GetString()!.ToLowerInvariant();
            chosen.Add((file, name));
        }

        var names = chosen.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        return [.. chosen.Select(c => new Emoji(c.File, c.Name, Captions(c.Name, names)))];
    }

    /// <summary>The name most of the time; with an article; and "fox" for "fox face", where no other picture is called so.</summary>
    static List<string> Captions(string name, HashSet<string> names)
    {
        var article = "aeiou".Contains(name[0], StringComparison.Ordinal) ? "an" : "a";
        List<string> captions = [name, name, name, $"{article} {name}"];
        if (name.EndsWith(" face", StringComparison.Ordinal) && !names.Contains(name[..^5])) captions.Add(name[..^5]);
        return captions;
    }
}
