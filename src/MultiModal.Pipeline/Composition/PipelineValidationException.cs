namespace MultiModal.Pipeline.Composition;

/// <summary>A pipeline cannot be built as it was described.</summary>
public sealed class PipelineValidationException : MultiModalException
{
    /// <summary>Makes the error.</summary>
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="reasons">What is wrong, a sentence each.</param>
    public PipelineValidationException(string pipeline, IReadOnlyList<string> reasons)
        : base(Describe(pipeline, reasons)) => (Pipeline, Reasons) = (pipeline, reasons);

    /// <summary>The pipeline's name.</summary>
    public string Pipeline { get; }

    /// <summary>What is wrong, a sentence each.</summary>
    public IReadOnlyList<string> Reasons { get; }

    static string Describe(string pipeline, IReadOnlyList<string> reasons)
    {
        ArgumentNullException.ThrowIfNull(reasons);
        return $"The pipeline '{pipeline}' cannot run: {string.Join(" ", reasons)}";
    }
}
