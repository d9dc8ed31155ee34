using System.Text.Json;

namespace MultiModal.Diffusion.Text;

/// <summary>What tokenizer_config.json and special_tokens_map.json say, with the defaults of CLIPTokenizer; the map wins.</summary>
sealed record ClipTokenizerSettings
{
    public string Bos { get; private set; } = "<|startoftext|>";

    public string Eos { get; private set; } = "<|endoftext|>";

    public string Unknown { get; private set; } = "<|endoftext|>";

    public string Pad { get; private set; } = "<|endoftext|>";

    public int Length { get; private set; } = ClipTokenizer.DefaultLength;

    public static async Task<ClipTokenizerSettings> LoadAsync(string folder, CancellationToken cancellationToken)
    {
        var settings = new ClipTokenizerSettings();
        foreach (var name in (string[])["tokenizer_config.json", "special_tokens_map.json"])
        {
            var path = Path.Combine(folder, name);
            if (await TokenizerFile.ReadIfThereAsync(path, cancellationToken).ConfigureAwait(false) is { } bytes)
                settings.Apply(bytes, path);
        }

        return settings;
    }

    public void Apply(byte[] bytes, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(TokenizerFile.WithoutMark(bytes).ToArray());
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new InvalidFileException(path, "The file does not hold a JSON object.");
            Bos = Token(root, "bos_token", path) ?? Bos;
            Eos = Token(root, "eos_token", path) ?? Eos;
            Unknown = Token(root, "unk_token", path) ?? Unknown;
            Pad = Token(root, "pad_token", path) ?? Pad;

            // Some exports say 1e30 for "no limit"; the encoders have 77 positions all the same.
            if (root.TryGetProperty("model_max_length", out var length) && length.ValueKind == JsonValueKind.Number
                && length.TryGetInt32(out var value) && value <= 4096)
                Length = value >= 3 ? value : throw new InvalidFileException(path, $"A length of {value} leaves no room for a token.", "model_max_length");
        }
        catch (JsonException e)
        {
            throw TokenizerFile.NotJson(path, e);
        }
        catch (InvalidOperationException e)
        {
            // A string of the file is not valid UTF-16 (a lone surrogate escape).
            throw new InvalidFileException(path, "A string of the file is not valid text.", null, null, e);
        }
    }

    /// <summary>A token is a string, or an object whose "content" is one.</summary>
    static string? Token(JsonElement root, string key, string path)
    {
        if (!root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out var content))
            value = content;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new InvalidFileException(path, "A token must be a text that is not empty.", key);
    }
}
