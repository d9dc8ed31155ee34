using MultiModal.Runtime.Downloads;

namespace MultiModal.Voice.Conversion;

/// <summary>Finds the files that models share: content encoders, pitch networks, vocoders. Where it may, it downloads what is missing.</summary>
/// <param name="folders">Where they are looked for, first to last; what is downloaded goes into the first.</param>
/// <param name="downloader">What downloads; null for never.</param>
/// <param name="progress">Told of downloads; null for nobody.</param>
sealed class PretrainedFiles(IReadOnlyList<string> folders, FileDownloader? downloader = null, IProgress<DownloadProgress>? progress = null)
{
    /// <summary>The files of a model.</summary>
    public static PretrainedFiles For(VoiceModelOptions options, string modelPath) => new(Folders(options, modelPath), options.Downloader, options.DownloadProgress);

    /// <summary>Where a file is, or null where it is in none of the folders.</summary>
    public string? Find(PretrainedFile file) => Find(folders, file.Names);

    /// <summary>Where a file is, downloading it where it is missing and that is allowed.</summary>
    /// <exception cref="InvalidFileException">It is missing: the message says which, from where, and where to put it.</exception>
    /// <exception cref="DownloadException">It cannot be downloaded.</exception>
    public async Task<string> GetAsync(PretrainedFile file, CancellationToken cancellationToken)
    {
        if (Find(file) is { } path) return path;
        if (downloader is null || file.Downloads.Count == 0)
        {
            var names = string.Join(" or ", file.Names);
            var hint = file.Downloads.Count > 0 ? $" Or set {nameof(VoiceModelOptions)}.{nameof(VoiceModelOptions.Downloader)}, which downloads it." : "";
            throw new InvalidFileException(names, $"{file.What} was not found.", remedy: $"Get it from {file.Source} and put it into one of: {string.Join(", ", folders)}.{hint}");
        }

        foreach (var (remote, place) in file.Downloads)
            await downloader.DownloadAsync(remote, Path.Combine(folders[0], place), progress, cancellationToken).ConfigureAwait(false);
        return Path.Combine(folders[0], file.Downloads[0].Path);
    }

    /// <summary>The first of some files or folders that exists, or null.</summary>
    public static string? Find(IEnumerable<string> folders, params IReadOnlyList<string> names) =>
        folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));

    /// <summary>Where to look for what a model needs.</summary>
    static IReadOnlyList<string> Folders(VoiceModelOptions options, string modelPath)
    {
        if (options.PretrainedFolders.Count > 0) return [.. options.PretrainedFolders];
        var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        // Into the first goes what is downloaded.
        List<string> folders = [Path.Combine(folder, "pretrain"), folder];
        if (Path.GetDirectoryName(folder) is { } parent) folders.Add(Path.Combine(parent, "pretrain"));
        folders.Add(Path.Combine(Environment.CurrentDirectory, "pretrain"));
        return [.. folders.Distinct(StringComparer.Ordinal)];
    }
}
