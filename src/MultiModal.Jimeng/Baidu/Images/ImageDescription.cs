namespace MultiModal.Jimeng.Baidu.Images;

/// <summary>What the service sees in a picture.</summary>
/// <param name="Text">The description, or the answer to the question.</param>
/// <param name="TaskId">The task's id.</param>
public sealed record ImageDescription(string Text, string TaskId)
{
    /// <summary>The description in a form meant for another language model, or null.</summary>
    public string? ForLanguageModel { get; init; }

    /// <summary>The service's identifier of the request.</summary>
    public string? LogId { get; init; }
}
