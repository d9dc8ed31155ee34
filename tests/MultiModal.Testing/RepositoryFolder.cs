namespace MultiModal.Testing;

/// <summary>The repository around the tests, for those that read or rewrite files committed in it.</summary>
public static class RepositoryFolder
{
    /// <summary>The folder that holds MultiModal.slnx, or null where the tests run outside of a repository.</summary>
    public static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MultiModal.slnx")))
                return folder.FullName;
        }

        return null;
    }

    /// <summary>A path in the repository.</summary>
    /// <param name="relative">The path below its root, with slashes.</param>
    /// <exception cref="DirectoryNotFoundException">The tests run outside of a repository.</exception>
    public static string PathOf(string relative) =>
        Path.Combine(Find() ?? throw new DirectoryNotFoundException($"No folder around {AppContext.BaseDirectory} holds MultiModal.slnx."), relative);
}
