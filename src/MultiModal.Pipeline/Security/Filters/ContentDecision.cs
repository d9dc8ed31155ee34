using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Security;

/// <summary>What became of a content.</summary>
/// <typeparam name="T">A text or a picture.</typeparam>
/// <param name="Content">What may be used: the content itself, a blurred or covered form of it, or nothing where it is blocked.</param>
/// <param name="Action">What was done.</param>
/// <param name="Judgement">What the censors said.</param>
public sealed record ContentDecision<T>(T? Content, ContentAction Action, ContentJudgement Judgement)
    where T : class
{
    /// <summary>Whether there is something to be used.</summary>
    public bool IsAllowed => Content is not null;
}
