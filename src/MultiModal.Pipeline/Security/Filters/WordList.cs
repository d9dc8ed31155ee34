using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Security;

/// <summary>Words and phrases that a text must not hold, with their categories. Immutable.</summary>
/// <remarks>
/// As a file: one entry a line, "category: word" or just a word (then <see cref="ContentCategories.WordList"/>); blank lines and those that begin
/// with '#' are left out; UTF-8.
/// </remarks>
public sealed class WordList
{
    const int LongestWord = 100, MostWords = 1_000_000;

    /// <summary>A list of entries. Those that are the same once normalised count once.</summary>
    /// <param name="entries">The words, 1 to 100 characters each.</param>
    /// <exception cref="ArgumentException">A word is empty, too long, or has nothing to match once it is normalised.</exception>
    public WordList(params IEnumerable<WordEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        Entries = [.. entries];
        foreach (var entry in Entries)
            if (Problem(entry.Word) is { } problem) throw new ArgumentException($"'{entry.Word}' {problem}", nameof(entries));
    }

    /// <summary>A short list in English and Chinese to begin with: pornography, violence, drugs and gambling, insults. Add your own words to it.</summary>
    public static WordList BuiltIn { get; } = ReadBuiltIn();

    /// <summary>The entries.</summary>
    public IReadOnlyList<WordEntry> Entries { get; }

    /// <summary>Reads a list from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidFileException">A line holds no word, or one that is too long; the message names the line.</exception>
    public static async Task<WordList> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var reader = File.OpenText(path);
            using (reader) return Parse(await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false), path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidFileException(path, "there is no such file.", innerException: error);
        }
    }

    /// <summary>Reads a list from a text.</summary>
    /// <param name="text">Lines of entries.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidFileException">A line holds no word, or one that is too long; the message names the line.</exception>
    public static WordList Parse(string text, string name = "word list")
    {
        ArgumentNullException.ThrowIfNull(text);
        var (entries, number) = (new List<WordEntry>(), 0);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var entry = line.Trim();
            if (entry.IsEmpty || entry[0] == '#') continue;
            var colon = entry.IndexOf(':');
            var (category, word) = colon < 0 ? (ContentCategories.WordList, entry.ToString()) : (entry[..colon].Trim().ToString(), entry[(colon + 1)..].Trim().ToString());
            if (category.Length == 0) category = ContentCategories.WordList;
            if (Problem(word) is { } problem) throw new InvalidFileException(name, $"the word {problem}", $"line {number}");
            if (entries.Count == MostWords) throw new InvalidFileException(name, $"there are more than {MostWords} words.", $"line {number}");
            entries.Add(new(word, category));
        }

        return new(entries);
    }

    /// <summary>This list with the entries of another.</summary>
    /// <param name="other">More words.</param>
    public WordList With(WordList other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(Entries.Concat(other.Entries));
    }

    static string? Problem(string? word) =>
        string.IsNullOrWhiteSpace(word) ? "is empty."
        : word.Length > LongestWord ? $"has {word.Length} characters; {LongestWord} is the most."
        : NormalisedText.Of(word).Letters.Length == 0 ? "has neither letters nor digits, so that nothing could match it." : null;

    static WordList ReadBuiltIn()
    {
        using var stream = typeof(WordList).Assembly.GetManifestResourceStream("MultiModal.Pipeline.Security.Filters.words.txt")!;
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), "the built-in word list");
    }
}
