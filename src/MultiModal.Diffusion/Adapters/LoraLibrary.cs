namespace MultiModal.Diffusion.Adapters;

/// <summary>A folder of adapters, which prompts call by their names. Safe for concurrent use.</summary>
/// <remarks>
/// A name is that of a file without its ending, anywhere below the folder, or the name an adapter was trained under (ss_output_name), in either case.
/// Adapters are loaded when they are first asked for and stay until the library is disposed; new files are found without restarting.
/// </remarks>
public sealed class LoraLibrary : IDisposable
{
    static readonly string[] endings = [".safetensors", ".pt", ".ckpt", ".bin"];
    readonly Dictionary<string, LoraWeights> loaded = new(StringComparer.Ordinal);
    readonly Dictionary<string, LoraWeights> named = new(StringComparer.OrdinalIgnoreCase);
    readonly SemaphoreSlim loading = new(1, 1);
    bool isDisposed;

    /// <summary>Names a folder; nothing is read yet.</summary>
    /// <param name="folder">The folder.</param>
    public LoraLibrary(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The names that are there now, in alphabetical order.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyList<string> Names => [.. Files().Select(f => Path.GetFileNameWithoutExtension(f)!).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Puts an adapter in that is loaded already, under its name.</summary>
    /// <param name="weights">The adapter. It stays its owner's: the library does not dispose it.</param>
    /// <param name="name">Another name; null for its own.</param>
    public void Add(LoraWeights weights, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        lock (named) named[name ?? weights.Name] = weights;
    }

    /// <summary>Finds an adapter, and loads it when it is asked for the first time.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>The adapter, which the library disposes.</returns>
    /// <exception cref="ArgumentException">There is none of that name; the message lists the nearest.</exception>
    /// <exception cref="InvalidFileException">Its file is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The library was disposed.</exception>
    public async Task<LoraWeights> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (named)
            if (named.TryGetValue(name, out var given)) return given;
        await loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            var files = Files().ToList();
            if (files.Find(f => string.Equals(Path.GetFileNameWithoutExtension(f), name, StringComparison.OrdinalIgnoreCase)) is { } file)
                return await LoadAsync(file, cancellationToken).ConfigureAwait(false);
            if (files.Find(f => string.Equals(OutputNameOf(f), name, StringComparison.OrdinalIgnoreCase)) is { } called)
                return await LoadAsync(called, cancellationToken).ConfigureAwait(false);
            var nearest = Names.Where(n => n.Contains(name, StringComparison.OrdinalIgnoreCase) || name.Contains(n, StringComparison.OrdinalIgnoreCase)).Take(5).ToList();
            throw new ArgumentException(
                $"There is no LoRA '{name}' in {Folder}{(nearest.Count > 0 ? $"; names like it: {string.Join(", ", nearest)}" : $", which holds {files.Count}")}.", nameof(name));
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>Lets go of all adapters. Requests under way are not disturbed.</summary>
    public void Dispose()
    {
        loading.Wait();
        try
        {
            isDisposed = true;
            foreach (var weights in loaded.Values) weights.Dispose();
            loaded.Clear();
        }
        finally
        {
            loading.Release();
        }
    }

    async Task<LoraWeights> LoadAsync(string file, CancellationToken cancellationToken)
    {
        // A file that was written anew is another adapter.
        var key = $"{file}|{File.GetLastWriteTimeUtc(file).Ticks}|{new FileInfo(file).Length}";
        if (!loaded.TryGetValue(key, out var weights)) loaded[key] = weights = await LoraWeights.LoadAsync(file, cancellationToken).ConfigureAwait(false);
        return weights;
    }

    static string? OutputNameOf(string file)
    {
        if (!file.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            using var header = Runtime.Weights.SafetensorsFile.Open(file);
            return header.Metadata.GetValueOrDefault("ss_output_name");
        }
        catch (InvalidFileException)
        {
            // A damaged file has no name; who asks for it by its file's name is told what is wrong with it.
            return null;
        }
    }

    IEnumerable<string> Files() => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(f => endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase).Select(Path.GetFullPath)
        : throw new DirectoryNotFoundException($"There is no folder {Folder} of LoRAs.");
}
