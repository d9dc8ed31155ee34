namespace MultiModal.Voice.Conversion;

/// <summary>Finds the files that models share: content encoders and pitch networks.</summary>
static class PretrainedFiles
{
    /// <summary>Where to look for what a model needs.</summary>
    public static IReadOnlyList<string> Folders(VoiceModelOptions options, string modelPath)
    {
        if (options.PretrainedFolders.Count > 0) return [.. options.PretrainedFolders];
        var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        List<string> folders = [folder, Path.Combine(folder, "pretrain")];
        if (Path.GetDirectoryName(folder) is { } parent) folders.Add(Path.Combine(parent, "pretrain"));
        folders.Add(Path.Combine(Environment.CurrentDirectory, "pretrain"));
        return [.. folders.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The first of some files or folders that exists, or null.</summary>
    public static string? Find(IEnumerable<string> folders, params IReadOnlyList<string> names) =>
        folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));

    /// <summary>The error for a file that is nowhere: which, from where, and where to put it.</summary>
    public static InvalidFileException Missing(string what, string names, string source, IReadOnlyList<string> folders) =>
        new(names, $"{what} was not found.", remedy: $"Get it from {source} and put it into one of: {string.Join(", ", folders)}.");
}
