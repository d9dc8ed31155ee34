namespace MultiModal.Diffusion.Adapters;

/// <summary>
/// A folder of textual inversions, each of which prompts may name: by the name of its file, as in A1111. Files are read when a prompt first names
/// them; new files are found without restarting. Safe for concurrent use.
/// </summary>
public sealed class TextualInversionLibrary
{
    static readonly string[] endings = [".safetensors", ".pt", ".bin"];
    readonly Dictionary<string, TextualInversion> loaded = new(StringComparer.Ordinal);

    /// <summary>Names a folder; nothing is read yet.</summary>
    /// <param name="folder">The folder.</param>
    public TextualInversionLibrary(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The names that are there now, in alphabetical order.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyList<string> Names => [.. Files().Select(f => Path.GetFileNameWithoutExtension(f)!).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The textual inversions that a text may name: those whose names occur in it.</summary>
    /// <param name="text">A prompt.</param>
    /// <exception cref="InvalidFileException">The file of one of them is damaged.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyList<TextualInversion> FindIn(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<TextualInversion>();
        foreach (var file in Files())
        {
            if (!text.Contains(Path.GetFileNameWithoutExtension(file), StringComparison.OrdinalIgnoreCase)) continue;
            var key = $"{file}|{File.GetLastWriteTimeUtc(file).Ticks}";
            lock (loaded)
            {
                if (!loaded.TryGetValue(key, out var inversion)) loaded[key] = inversion = TextualInversion.Load(file, Path.GetFileNameWithoutExtension(file));
                found.Add(inversion);
            }
        }

        return found;
    }

    IEnumerable<string> Files() => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(f => endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase).Select(Path.GetFullPath)
        : throw new DirectoryNotFoundException($"There is no folder {Folder} of textual inversions.");
}
