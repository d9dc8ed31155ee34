using MultiModal.Capabilities;
using MultiModal.Jimeng.Baidu.Censor;
using MultiModal.Jimeng.Capabilities;

namespace MultiModal.Jimeng.Tests.Capabilities;

public sealed class BaiduJudgementTests
{
    [Theory]
    [InlineData(CensorConclusion.Pass, ContentVerdict.Pass)]
    [InlineData(CensorConclusion.Block, ContentVerdict.Block)]
    [InlineData(CensorConclusion.Review, ContentVerdict.Review)]
    [InlineData(CensorConclusion.Unknown, ContentVerdict.Unknown)]
    [InlineData(CensorConclusion.None, ContentVerdict.Unknown)]
    public void Nothing_but_a_pass_becomes_a_pass(CensorConclusion said, ContentVerdict verdict) =>
        Assert.Equal(verdict, BaiduJudgement.Of(new() { Conclusion = said }).Verdict);

    [Theory]
    [InlineData(12, "存在文本色情不合规", ContentCategories.Sexual)]
    [InlineData(12, "存在低俗辱骂不合规", ContentCategories.Abuse)]
    [InlineData(12, "存在暴恐违禁不合规", ContentCategories.Violence)]
    [InlineData(12, "存在政治敏感不合规", ContentCategories.Political)]
    [InlineData(12, "存在恶意推广不合规", ContentCategories.Advertising)]
    [InlineData(11, "存在百度官方默认违禁词库不合规", ContentCategories.WordList)]
    [InlineData(99, "something new", ContentCategories.Other)]
    public void Kinds_are_known_by_the_services_words(int type, string message, string category) =>
        Assert.Equal(category, BaiduJudgement.Of(new() { Conclusion = CensorConclusion.Block, Findings = [new() { Type = type, Message = message }] }).Category);

    [Fact]
    public void Scores_and_words_come_from_the_finding_or_its_hits()
    {
        var judgement = BaiduJudgement.Of(new()
        {
            Conclusion = CensorConclusion.Block,
            Findings = [new() { Probability = 0.3 }, new() { Hits = [new() { Probability = 0.7, Words = ["坏"] }, new() { Probability = 0.5, Words = ["坏", "词"] }] }, new() { Hits = [] }],
        });
        Assert.Equal([1, 0.7, 0.3], judgement.Findings.Select(static finding => finding.Score));
        Assert.Equal(["坏", "词"], judgement.Findings[1].Words);
    }
}
