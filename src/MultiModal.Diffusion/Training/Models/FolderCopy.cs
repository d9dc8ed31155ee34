namespace MultiModal.Diffusion.Training.Models;

/// <summary>Copies a model's folder.</summary>
static class FolderCopy
{
    /// <summary>Copies files that are not there yet; what trainings left in the folder is left where it is.</summary>
    public static void Copy(string from, string to)
    {
        var training = Path.Combine(Path.GetFullPath(from), "training") + Path.DirectorySeparatorChar;
        foreach (var file in Directory.EnumerateFiles(Path.GetFullPath(from), "*", SearchOption.AllDirectories).ToList())
        {
            if (file.StartsWith(training, StringComparison.Ordinal)) continue;
            var target = Path.Combine(to, Path.GetRelativePath(Path.GetFullPath(from), file));
            if (File.Exists(target)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
