namespace MultiModal.Runtime.Sessions;

/// <summary>Paths as the file system has them.</summary>
static class RealPath
{
    /// <summary>
    /// Follows symbolic links in every part of a path. The runtime refuses weights that lie outside of the folder it was given,
    /// and looks through links; a Hugging Face cache is a folder of links into another one.
    /// </summary>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        var resolved = root;
        foreach (var part in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(resolved, part);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            resolved = info.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Of(target.FullName) : next;
        }

        return resolved;
    }

    /// <summary>The deepest folder that holds all of the files, or null when they are on different drives.</summary>
    public static string? CommonFolder(IEnumerable<string> files)
    {
        string? common = null;
        foreach (var file in files)
        {
            var folder = Path.GetDirectoryName(file)!;
            while (common is not null && !IsIn(folder, common))
                common = Path.GetDirectoryName(common);
            if (common is null && folder is not null)
                common = folder;
        }

        return common is not null && files.All(file => IsIn(file, common)) ? common : null;
    }

    static bool IsIn(string path, string folder) =>
        path == folder || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
