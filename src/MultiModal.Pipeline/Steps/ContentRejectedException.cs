using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Steps;

/// <summary>A censor did not pass a content.</summary>
public sealed class ContentRejectedException : MultiModalException
{
    /// <summary>Makes the error. The content itself is not in it.</summary>
    /// <param name="what">What was judged: "text", "picture".</param>
    /// <param name="judgement">The judgement.</param>
    public ContentRejectedException(string what, ContentJudgement judgement)
        : base(Describe(what, judgement)) => Judgement = judgement;

    /// <summary>Why.</summary>
    public ContentJudgement Judgement { get; }

    static string Describe(string what, ContentJudgement judgement)
    {
        ArgumentNullException.ThrowIfNull(judgement);
        var why = string.Join(", ", judgement.Findings.Select(static finding => finding.Category).Distinct());
        return $"The {what} was not passed: {judgement.Verdict}{(why.Length > 0 ? $" ({why})" : "")}.";
    }
}
