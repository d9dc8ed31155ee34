using System.Globalization;

namespace MultiModal.Runtime.Training.Checkpoints;

/// <summary>The checkpoints of one training: step-00000500.safetensors, step-00001000.safetensors, ...</summary>
public sealed class CheckpointFolder
{
    const string Prefix = "step-", Extension = ".safetensors";

    readonly string folder;
    readonly int keep;

    /// <summary>Uses a folder, which is created when missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="keep">How many checkpoints stay: the newest ones.</param>
    public CheckpointFolder(string folder, int keep = 2)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        (this.folder, this.keep) = (folder, keep);
        Directory.CreateDirectory(folder);
    }

    /// <summary>The newest checkpoint, or null where there is none.</summary>
    public string? Newest => Files().LastOrDefault().Path;

    /// <summary>Writes a checkpoint, and deletes those that are too many.</summary>
    /// <param name="state">The training between two steps.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{state.Step:D8}{Extension}"));
        state.Save(path);
        foreach (var (_, old) in Files().SkipLast(keep)) File.Delete(old);

        // What a killed process was writing.
        foreach (var left in Directory.EnumerateFiles(folder, $"{Prefix}*{Extension}.*.tmp")) File.Delete(left);
        return path;
    }

    /// <summary>Goes on from the newest checkpoint.</summary>
    /// <param name="state">The training, which becomes what the checkpoint holds.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidFileException">The newest file is damaged, or the checkpoint of another training: nothing older is taken in its place silently.</exception>
    public bool TryResume(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Newest is not { } path) return false;
        state.Load(path);
        return true;
    }

    IEnumerable<(long Step, string Path)> Files() =>
        Directory.EnumerateFiles(folder, Prefix + "*" + Extension)
            .Select(path => (Name: Path.GetFileNameWithoutExtension(path)[Prefix.Length..], Path: path))
            .Where(file => long.TryParse(file.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(file => (Step: long.Parse(file.Name, CultureInfo.InvariantCulture), file.Path))
            .OrderBy(file => file.Step);
}
