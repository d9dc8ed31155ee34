using System.Globalization;
using System.Text.Json;

namespace MultiModal.Voice.Training.Data;

/// <summary>Phoneme time stamps as aligners write them: Praat's TextGrid (long and short form) or JSON.</summary>
/// <remarks>
/// JSON is a list of objects, or an object with such a list under "phonemes", "phones" or "segments". An object has the phoneme under "phone",
/// "phoneme", "label" or "text", its beginning under "start", "begin" or "xmin", and "end", "xmax" or "duration", in seconds.
/// </remarks>
public static class PhonemeTimes
{
    const int Limit = 16 << 20;

    // Time stamps are rounded to milliseconds, or to frames of a hundredth; what is off by less than that is no mistake.
    const double Tolerance = 0.02;

    /// <summary>Reads a file.</summary>
    /// <param name="path">A .TextGrid or .json file of at most 16 MB.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The intervals in the order of the file.</returns>
    /// <exception cref="InvalidFileException">The file is missing, too large, or of another form; the message says where.</exception>
    public static async Task<IReadOnlyList<PhonemeInterval>> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new InvalidFileException(path, "the file is missing.");
        if (new FileInfo(path).Length > Limit) throw new InvalidFileException(path, $"time stamps of more than {Limit >> 20} MB are none.");
        var text = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
        return Parse(text, path);
    }

    /// <summary>Reads text in memory: JSON where it begins with a bracket, a TextGrid otherwise.</summary>
    /// <param name="text">The contents of a file.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidFileException">It is neither, or damaged.</exception>
    public static IReadOnlyList<PhonemeInterval> Parse(string text, string name = "phonemes")
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().TrimStart() is ['{' or '[', ..] ? FromJson(text, name) : TextGrid.Read(text, name);
    }

    /// <summary>Compares time stamps with the sound they belong to.</summary>
    /// <param name="intervals">The time stamps.</param>
    /// <param name="duration">The length of the sound.</param>
    /// <returns>What is wrong, in words; null where nothing is. Deviations of up to 20 ms are none.</returns>
    public static string? Check(IReadOnlyList<PhonemeInterval> intervals, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(intervals);
        if (intervals.Count == 0) return "there are no phonemes.";
        var last = 0.0;
        for (var i = 0; i < intervals.Count; i++)
        {
            var (phone, start, end) = intervals[i];
            if (!double.IsFinite(start) || !double.IsFinite(end) || end < start)
                return string.Create(CultureInfo.InvariantCulture, $"phoneme {i + 1} ('{phone}') goes from {start} to {end} s.");
            if (start < last - Tolerance)
                return string.Create(CultureInfo.InvariantCulture, $"phoneme {i + 1} ('{phone}') begins at {start} s, before the one before it ends ({last} s).");
            last = end;
        }

        return last > duration.TotalSeconds + Tolerance
            ? string.Create(CultureInfo.InvariantCulture, $"the phonemes end at {last:0.###} s, the sound at {duration.TotalSeconds:0.###} s.")
            : null;
    }

    static List<PhonemeInterval> FromJson(string text, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 });
            var list = document.RootElement;
            if (list.ValueKind == JsonValueKind.Object)
            {
                list = Property(list, "phonemes", "phones", "segments")
                    ?? throw new InvalidFileException(name, "there is no list 'phonemes', 'phones' or 'segments'.");
            }

            if (list.ValueKind != JsonValueKind.Array) throw new InvalidFileException(name, "the phonemes are no list.");
            return [.. list.EnumerateArray().Select((entry, i) => FromJson(entry, i, name))];
        }
        catch (JsonException e)
        {
            throw new InvalidFileException(name, "the file is not JSON.", $"line {e.LineNumber + 1}", innerException: e);
        }
        catch (InvalidOperationException e)
        {
            // A text with half of a surrogate pair shows itself only when it is taken.
            throw new InvalidFileException(name, "a text is not Unicode.", innerException: e);
        }
    }

    static PhonemeInterval FromJson(JsonElement entry, int index, string name)
    {
        InvalidFileException Wrong(string problem) => new(name, problem, $"phoneme {index + 1}");
        if (entry.ValueKind != JsonValueKind.Object) throw Wrong("it is no object with a phone, a start and an end.");
        var phone = Property(entry, "phone", "phoneme", "label", "text") is { ValueKind: JsonValueKind.String } label ? label.GetString()! : throw Wrong("it has no 'phone'.");
        var start = Seconds("start", "begin", "xmin") ?? throw Wrong("it has no 'start' in seconds.");
        var end = Seconds("end", "xmax") ?? start + Seconds("duration") ?? throw Wrong("it has no 'end' in seconds.");
        return new(phone, start, end);

        double? Seconds(params ReadOnlySpan<string> keys) =>
            Property(entry, keys) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var seconds) ? seconds : null;
    }

    static JsonElement? Property(JsonElement element, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            if (element.TryGetProperty(key, out var value)) return value;
        return null;
    }
}
