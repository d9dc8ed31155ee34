using System.Text.Json;
using System.Text.Unicode;

namespace MultiModal.Voice;

/// <summary>Part of a JSON file of settings, read key by key. A key that is absent or null has the default the caller names; one of a wrong type is an error that names it.</summary>
sealed class ConfigSection
{
    const int Limit = 16 << 20;
    readonly JsonElement element;
    readonly string place;

    ConfigSection(string file, string place, JsonElement element) => (File, this.place, this.element) = (file, place, element);

    public string File { get; }

    public IEnumerable<string> Keys => element.ValueKind == JsonValueKind.Object ? [.. element.EnumerateObject().Select(p => Unescape(() => p.Name))] : [];

    /// <summary>Reads a file: YAML by the end of its name, or JSON.</summary>
    /// <exception cref="InvalidFileException">It is missing, larger than 16 MB, or holds no mapping.</exception>
    public static async Task<ConfigSection> LoadAsync(string path, CancellationToken cancellationToken)
    {
        if (!System.IO.File.Exists(path)) throw new InvalidFileException(path, "the file is missing.", remedy: "It belongs beside the model; copy it from where the model came from.");
        if (new FileInfo(path).Length > Limit) throw new InvalidFileException(path, $"a configuration of more than {Limit >> 20} MB is not one.");
        var bytes = await System.IO.File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return Path.GetExtension(path) is ".yaml" or ".yml" ? ParseYaml(path, bytes) : Parse(path, bytes);
    }

    public static ConfigSection Parse(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            // A byte order mark is allowed in files, not by the parser.
            if (json.Span.StartsWith<byte>([0xEF, 0xBB, 0xBF])) json = json[3..];
            if (!Utf8.IsValid(json.Span)) throw new InvalidFileException(file, "the file is not in UTF-8.");
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidFileException(file, "the file holds no JSON object.");
            return new(file, "", document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new InvalidFileException(file, "the file is not JSON.", $"line {e.LineNumber + 1}", innerException: e);
        }
    }

    public static ConfigSection ParseYaml(string file, ReadOnlySpan<byte> yaml) => Parse(file, YamlSubset.ToJson(file, yaml));

    /// <summary>A part by its key; an empty one where the key is absent.</summary>
    public ConfigSection Section(string key)
    {
        if (Find(key) is not { } value) return new(File, Place(key), default);
        return value.ValueKind == JsonValueKind.Object ? new(File, Place(key), value) : throw Wrong(key, "an object");
    }

    public bool Has(string key) => Find(key) is not null;

    public int Size(string key, int fallback, int minimum = 1, int maximum = 1 << 20) => SizeOrNull(key, minimum, maximum) ?? fallback;

    /// <summary>An integer within limits: what a network is sized by must not be absurd. Numbers like 22050.0 are integers, too.</summary>
    public int? SizeOrNull(string key, int minimum = 1, int maximum = 1 << 20)
    {
        if (Find(key) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number == Math.Floor(number) && number >= minimum && number <= maximum
            ? (int)number : throw Wrong(key, $"a whole number from {minimum} to {maximum}");
    }

    public double Double(string key, double fallback)
    {
        if (Find(key) is not { } value) return fallback;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong(key, "a number");
    }

    public bool Bool(string key, bool fallback) => BoolOrNull(key) ?? fallback;

    public bool? BoolOrNull(string key) => Find(key) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false"),
    };

    public string? Text(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? Unescape(value.GetString) : throw Wrong(key, "a text");

    public IReadOnlyList<int>? Sizes(string key, int maximum = 1 << 16) => Find(key) is { } value ? Sizes(key, value, maximum) : null;

    public IReadOnlyList<double>? Numbers(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > 64) throw Wrong(key, "a list of numbers");
        return [.. value.EnumerateArray().Select(v =>
            v.ValueKind == JsonValueKind.Number && v.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong(key, "a list of numbers"))];
    }

    public IReadOnlyList<IReadOnlyList<int>>? SizeLists(string key, int maximum = 1 << 16)
    {
        if (Find(key) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= 64
            ? [.. value.EnumerateArray().Select(v => Sizes(key, v, maximum))] : throw Wrong(key, "a list of lists of numbers");
    }

    public InvalidFileException Wrong(string key, string expected) => new(File, $"the value should be {expected}.", Place(key));

    IReadOnlyList<int> Sizes(string key, JsonElement value, int maximum)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > 64) throw Wrong(key, "a list of numbers");
        return [.. value.EnumerateArray().Select(v =>
            v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out var number) && number >= 1 && number <= maximum ? number : throw Wrong(key, "a list of numbers"))];
    }

    /// <summary>A text whose escapes may be half of a character, which shows only here.</summary>
    string Unescape(Func<string?> text)
    {
        try
        {
            return text() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidFileException(File, "a text is not Unicode.", place.Length == 0 ? null : place, innerException: e);
        }
    }

    string Place(string key) => place.Length == 0 ? key : $"{place}.{key}";

    JsonElement? Find(string key) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
