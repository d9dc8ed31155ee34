namespace MultiModal.Runtime.Sessions;

/// <summary>What was given to a run does not fit the model: names, types, ranks or lengths. The message lists every problem.</summary>
public sealed class ModelInputException : MultiModalException
{
    internal ModelInputException(string model, IReadOnlyList<string> problems)
        : base($"{model} cannot run: {string.Join(' ', problems)}") => Problems = problems;

    /// <summary>Each problem, as a sentence.</summary>
    public IReadOnlyList<string> Problems { get; }
}
