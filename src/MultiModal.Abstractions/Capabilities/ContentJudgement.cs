namespace MultiModal.Capabilities;

/// <summary>What a censor says of a text or a picture.</summary>
/// <param name="Verdict">What becomes of it.</param>
/// <param name="Findings">What was found, the most certain first; empty where nothing was.</param>
public sealed record ContentJudgement(ContentVerdict Verdict, IReadOnlyList<ContentFinding> Findings)
{
    /// <summary>A judgement without objections.</summary>
    public static ContentJudgement Passed { get; } = new(ContentVerdict.Pass, []);

    /// <summary>Whether the content may be used. False also where the engine could not judge.</summary>
    public bool IsPass => Verdict == ContentVerdict.Pass;

    /// <summary>The category of the first finding, or null where there is none.</summary>
    public string? Category => Findings is [var first, ..] ? first.Category : null;

    /// <summary>The highest score of the findings, 0 to 1; 0 where there is none.</summary>
    public double Score => Findings.Count == 0 ? 0 : Findings.Max(static finding => finding.Score);

    /// <summary>The engine's own identifier of the judgement, for inquiries; null where it has none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The stricter of two judgements, with the findings of both.</summary>
    /// <param name="other">The other judgement of the same content.</param>
    public ContentJudgement And(ContentJudgement other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(Verdict > other.Verdict ? Verdict : other.Verdict, [.. Findings.Concat(other.Findings).OrderByDescending(static finding => finding.Score)])
        {
            RequestId = RequestId ?? other.RequestId,
        };
    }
}
