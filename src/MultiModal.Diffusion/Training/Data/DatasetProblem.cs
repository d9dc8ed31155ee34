namespace MultiModal.Diffusion.Training.Data;

/// <summary>What is wrong with one file of a data set.</summary>
/// <param name="File">The file.</param>
/// <param name="Problem">What is wrong, in one sentence.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="IsError">Whether the picture cannot be trained on; otherwise it is, and this is a warning.</param>
public sealed record DatasetProblem(string File, string Problem, string Remedy, bool IsError)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(IsError ? "error" : "warning")}: {File}: {Problem} {Remedy}";
}
