using MultiModal.Capabilities;

namespace MultiModal.Abstractions.Tests.Capabilities;

public sealed class ContentJudgementTests
{
    [Theory]
    [InlineData(ContentVerdict.Pass, ContentVerdict.Review, ContentVerdict.Review)]
    [InlineData(ContentVerdict.Review, ContentVerdict.Unknown, ContentVerdict.Unknown)]
    [InlineData(ContentVerdict.Block, ContentVerdict.Unknown, ContentVerdict.Block)]
    public void Of_two_judgements_the_stricter_counts(ContentVerdict one, ContentVerdict other, ContentVerdict both)
    {
        var (a, b) = (new ContentJudgement(one, [new(ContentCategories.Abuse, 0.2)]), new ContentJudgement(other, [new(ContentCategories.Sexual, 0.9)]) { RequestId = "7" });
        foreach (var joined in (ContentJudgement[])[a.And(b), b.And(a)])
        {
            Assert.Equal(both, joined.Verdict);
            Assert.Equal([ContentCategories.Sexual, ContentCategories.Abuse], joined.Findings.Select(static finding => finding.Category));
            Assert.Equal((0.9, "7", ContentCategories.Sexual), (joined.Score, joined.RequestId, joined.Category));
        }
    }

    [Fact]
    public void Only_a_pass_is_a_pass()
    {
        Assert.Equal([ContentVerdict.Pass], Enum.GetValues<ContentVerdict>().Where(static verdict => new ContentJudgement(verdict, []).IsPass));
        Assert.Equal((0, null), (ContentJudgement.Passed.Score, ContentJudgement.Passed.Category));
    }
}
