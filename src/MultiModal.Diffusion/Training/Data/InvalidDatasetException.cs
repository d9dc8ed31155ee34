namespace MultiModal.Diffusion.Training.Data;

/// <summary>A data set cannot be trained on. The message lists file by file what is wrong.</summary>
public sealed class InvalidDatasetException : MultiModalException
{
    const int Shown = 50;

    internal InvalidDatasetException(string folder, IReadOnlyList<DatasetProblem> problems)
        : base(Describe(folder, problems)) => Problems = problems;

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<DatasetProblem> Problems { get; }

    static string Describe(string folder, IReadOnlyList<DatasetProblem> problems)
    {
        var errors = problems.Count(p => p.IsError);
        var lines = problems.Take(Shown).Select(p => $"{Environment.NewLine}  {p}");
        var more = problems.Count > Shown ? $"{Environment.NewLine}  ... and {problems.Count - Shown} more." : "";
        return $"{folder}: {errors} file(s) cannot be trained on. Mend or remove them, or set SkipBadFiles.{string.Concat(lines)}{more}";
    }
}
