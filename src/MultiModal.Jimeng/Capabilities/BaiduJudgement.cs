using MultiModal.Capabilities;
using MultiModal.Jimeng.Baidu.Censor;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>What Baidu's censor says, in the words that all censors share.</summary>
internal static class BaiduJudgement
{
    const int OfficialList = 11;
    const int OwnBlockList = 13;

    // The service's own words for the kinds; its numbers differ between text and pictures, and change.
    static readonly (string Word, string Category)[] Words =
    [
        ("色情", ContentCategories.Sexual), ("性感", ContentCategories.Sexual), ("低俗", ContentCategories.Sexual),
        ("暴恐", ContentCategories.Violence), ("血腥", ContentCategories.Violence), ("恶心", ContentCategories.Violence),
        ("政治", ContentCategories.Political), ("公众人物", ContentCategories.Political), ("涉政", ContentCategories.Political),
        ("辱骂", ContentCategories.Abuse), ("违禁", ContentCategories.Illegal), ("赌博", ContentCategories.Illegal), ("毒品", ContentCategories.Illegal),
        ("推广", ContentCategories.Advertising), ("广告", ContentCategories.Advertising), ("灌水", ContentCategories.Advertising),
        ("水印", ContentCategories.Advertising), ("二维码", ContentCategories.Advertising),
    ];

    public static ContentJudgement Of(CensorVerdict verdict)
    {
        var conclusion = verdict.Conclusion switch
        {
            CensorConclusion.Pass => ContentVerdict.Pass,
            CensorConclusion.Block => ContentVerdict.Block,
            CensorConclusion.Review => ContentVerdict.Review,
            _ => ContentVerdict.Unknown,
        };
        return new(conclusion, [.. (verdict.Findings ?? []).Select(Of).OrderByDescending(static finding => finding.Score)]) { RequestId = verdict.LogId };
    }

    static ContentFinding Of(CensorFinding finding)
    {
        var hits = finding.Hits ?? [];
        var score = finding.Probability ?? hits.Max(static hit => hit.Probability) ?? 1;
        return new(Category(finding), Math.Clamp(score, 0, 1))
        {
            Message = finding.Message,
            Words = [.. hits.SelectMany(static hit => hit.Words ?? []).Distinct()],
        };
    }

    static string Category(CensorFinding finding)
    {
        if (finding.Type is OfficialList or OwnBlockList)
            return ContentCategories.WordList;
        // "低俗辱骂" is abuse, although 低俗 alone is not.
        if (finding.Message?.Contains("辱骂", StringComparison.Ordinal) == true)
            return ContentCategories.Abuse;
        foreach (var (word, category) in Words)
        {
            if (finding.Message?.Contains(word, StringComparison.Ordinal) == true)
                return category;
        }

        return ContentCategories.Other;
    }
}
