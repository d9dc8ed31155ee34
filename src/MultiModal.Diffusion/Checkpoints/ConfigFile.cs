using System.Text.Json;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>A JSON file of settings, read key by key. A key that is absent or null has the default the caller names; one of a wrong type is an error that names it.</summary>
sealed class ConfigFile
{
    const int Limit = 16 << 20;
    readonly JsonElement root;

    ConfigFile(string path, JsonElement root)
    {
        Path = path;
        this.root = root;
    }

    public string Path { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidFileException">It is no JSON object, or larger than 16 MB.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static async Task<ConfigFile> LoadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.", remedy: "A model folder needs it; copy it from where the model came from.");
        if (new FileInfo(path).Length > Limit) throw new InvalidFileException(path, $"a configuration of more than {Limit >> 20} MB is not one.");
        return Parse(path, await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
    }

    public static ConfigFile Parse(string path, ReadOnlyMemory<byte> json)
    {
        // The parser looks at the bytes of a text only when it is asked for.
        if (!System.Text.Unicode.Utf8.IsValid(json.Span)) throw new InvalidFileException(path, "the file is not UTF-8 text.");
        try
        {
            // A byte order mark is allowed in files, not by the parser.
            if (json.Span.StartsWith<byte>([0xEF, 0xBB, 0xBF])) json = json[3..];
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidFileException(path, "the file holds no JSON object.");
            return new(path, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new InvalidFileException(path, "the file is not JSON.", $"line {e.LineNumber + 1}", innerException: e);
        }
    }

    public static ConfigFile Of(string path, JsonElement root) => new(path, root);

    public IEnumerable<string> Keys => root.EnumerateObject().Select(p => p.Name);

    public bool Has(string key) => Find(key) is not null;

    public int Int(string key, int fallback) => Find(key) is { } value ? Int(key, value) : fallback;

    public int? IntOrNull(string key) => Find(key) is { } value ? Int(key, value) : null;

    /// <summary>An integer within limits: what a network is sized by must not be absurd.</summary>
    public int Size(string key, int fallback, int minimum = 1, int maximum = 1 << 17)
    {
        var value = Int(key, fallback);
        return value >= minimum && value <= maximum ? value : throw Wrong(key, $"a number from {minimum} to {maximum}");
    }

    public float Float(string key, float fallback)
    {
        if (Find(key) is not { } value) return fallback;
        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var number) && float.IsFinite(number) ? number : throw Wrong(key, "a number");
    }

    public double Double(string key, double fallback)
    {
        if (Find(key) is not { } value) return fallback;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong(key, "a number");
    }

    public bool Bool(string key, bool fallback) => Find(key) is not { } value ? fallback : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false"),
    };

    public string Text(string key, string fallback) => TextOrNull(key) ?? fallback;

    public string? TextOrNull(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, "a text");

    public IReadOnlyList<string> Texts(string key, IReadOnlyList<string> fallback) => Find(key) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= 64 && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)] : throw Wrong(key, "a list of texts");

    /// <summary>A list of up to eight sizes.</summary>
    public IReadOnlyList<int> Sizes(string key, IReadOnlyList<int> fallback, int maximum = 1 << 17)
    {
        if (Find(key) is not { } value) return fallback;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > 8) throw Wrong(key, "a list of one to eight numbers");
        return [.. value.EnumerateArray().Select(v => Int(key, v) is var i && i >= 1 && i <= maximum ? i : throw Wrong(key, $"numbers from 1 to {maximum}"))];
    }

    /// <summary>One size for all of several blocks, or a list with one for each.</summary>
    public IReadOnlyList<int>? SizeForEach(string key, int blocks, int maximum = 1 << 17)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) return [.. Enumerable.Repeat(Size(key, 1, maximum: maximum), blocks)];
        var sizes = Sizes(key, [], maximum);
        return sizes.Count == blocks ? sizes : throw Wrong(key, $"one number, or {blocks} of them");
    }

    public JsonElement? Find(string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public InvalidFileException Wrong(string key, string expected) =>
        new(Path, $"expected {expected}, found {(Find(key) is { } v ? Short(v.GetRawText()) : "nothing")}.", $"key '{key}'");

    public InvalidFileException Unsupported(string key, string value) =>
        new(Path, $"'{value}' is not supported.", $"key '{key}'", "Please report the model that needs it.");

    static string Short(string text) => text.Length <= 40 ? text : text[..40] + "...";

    int Int(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(key, "a whole number");
}
