using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Security;

/// <summary>From what censors find to what is done.</summary>
public sealed class ContentPolicy
{
    /// <summary>From what score on a finding counts, 0 to 1.</summary>
    /// <value>The default value is 0.8.</value>
    public double Threshold { get; set; } = 0.8;

    /// <summary>What is done with a content that a censor would block, where <see cref="Categories"/> says nothing else.</summary>
    /// <value>The default value is <see cref="ContentAction.Block"/>.</value>
    public ContentAction OnBlock { get; set; } = ContentAction.Block;

    /// <summary>What is done with a content that a censor wants a person to see.</summary>
    /// <value>The default value is <see cref="ContentAction.Flag"/>.</value>
    public ContentAction OnReview { get; set; } = ContentAction.Flag;

    /// <summary>What is done when a censor could not judge.</summary>
    /// <value>The default value is <see cref="ContentAction.Block"/>: what was not judged has not passed.</value>
    public ContentAction OnUnknown { get; set; } = ContentAction.Block;

    /// <summary>What is done with findings of a category, instead of <see cref="OnBlock"/> and <see cref="OnReview"/>.</summary>
    public IDictionary<string, ContentAction> Categories { get; } = new Dictionary<string, ContentAction>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The action for a judgement: the strictest that any of its findings of the threshold or more, or its verdict, asks for.</summary>
    /// <param name="judgement">What the censors said.</param>
    public ContentAction Decide(ContentJudgement judgement)
    {
        ArgumentNullException.ThrowIfNull(judgement);
        var byVerdict = judgement.Verdict switch
        {
            ContentVerdict.Pass => ContentAction.Allow,
            ContentVerdict.Review => OnReview,
            ContentVerdict.Block => OnBlock,
            _ => OnUnknown,
        };

        // A verdict without findings speaks for itself; findings below the threshold are the doubt that the threshold is there to settle.
        if (judgement.Verdict is ContentVerdict.Pass or ContentVerdict.Unknown || judgement.Findings.Count == 0) return byVerdict;
        return judgement.Findings.Where(f => f.Score >= Threshold).Select(f => Categories.TryGetValue(f.Category, out var action) ? action : byVerdict).DefaultIfEmpty(ContentAction.Allow).Max();
    }
}
