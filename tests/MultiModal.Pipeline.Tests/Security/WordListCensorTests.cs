using MultiModal.Capabilities;
using MultiModal.Pipeline.Security;
using MultiModal.Testing;

namespace MultiModal.Pipeline.Tests.Security;

public sealed class WordListCensorTests
{
    readonly WordListCensor censor = new();

    public static TheoryData<bool, string> Labelled()
    {
        var data = new TheoryData<bool, string>();
        foreach (var line in File.ReadLines(RepositoryFolder.PathOf("tests/MultiModal.Pipeline.Tests/Security/evasions.txt")))
            if (line.StartsWith("+ ", StringComparison.Ordinal) || line.StartsWith("- ", StringComparison.Ordinal)) data.Add(line[0] == '+', line[2..]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Labelled))]
    public void Evasions_are_found_and_harmless_texts_pass(bool isMeant, string text) =>
        Assert.Equal(isMeant ? ContentVerdict.Block : ContentVerdict.Pass, censor.Judge(text).Verdict);

    [Fact]
    public void Findings_name_the_category_and_the_words_as_they_were_written()
    {
        var judgement = new WordListCensor(new(new WordEntry("bad", "abuse"), new WordEntry("很坏", "abuse"), new WordEntry("worse thing", "violence"))).Judge("A B.A.D day, 很 坏, and a WORSE  thing. badly");
        Assert.Equal(["abuse", "violence"], judgement.Findings.Select(f => f.Category));
        Assert.Equal(["B.A.D", "很 坏"], judgement.Findings[0].Words);
        Assert.Equal(["WORSE  thing"], judgement.Findings[1].Words);
        Assert.Equal(1, judgement.Score);
    }

    [Fact]
    public void Overlapping_words_are_all_found()
    {
        var judgement = new WordListCensor(new(new WordEntry("甲乙", "a"), new WordEntry("乙丙", "b"), new WordEntry("甲乙丙丁", "c"), new WordEntry("丙", "d"))).Judge("甲乙丙丁");
        Assert.Equal(["a", "b", "c", "d"], judgement.Findings.Select(f => f.Category));
    }

    [Fact]
    public void A_search_by_hand_finds_the_same()
    {
        var random = new Random(3);
        string Word(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "甲乙丙"[random.Next(3)]));
        var words = Enumerable.Range(0, 60).Select(i => Word(1 + random.Next(5))).Distinct().ToArray();
        var list = new WordListCensor(new(words.Select(w => new WordEntry(w, w))));
        for (var i = 0; i < 200; i++)
        {
            var text = Word(2); // No runs of three, which count as one letter too.
            for (var k = 0; k < 6; k++) text += "丁" + Word(2) + Word(1);
            if (text.Contains("甲甲甲", StringComparison.Ordinal) || text.Contains("乙乙乙", StringComparison.Ordinal) || text.Contains("丙丙丙", StringComparison.Ordinal)) continue;
            Assert.Equal(words.Where(w => text.Contains(w, StringComparison.Ordinal)).Order(StringComparer.Ordinal), list.Judge(text).Findings.Select(f => f.Category));
        }
    }

    [Fact]
    public void Broken_unicode_and_long_texts_are_no_trouble()
    {
        Assert.True(censor.Judge("\ud800 \udc00\ud800").IsPass);
        Assert.True(censor.Judge("").IsPass);
        Assert.Equal(ContentVerdict.Block, censor.Judge(new string('a', 1_000_000) + " 色情").Verdict);
        Assert.Equal(ContentVerdict.Block, censor.Judge(string.Concat(Enumerable.Repeat("*", 2000)) + "porn").Verdict);
    }

    [Fact]
    public async Task A_list_is_read_from_a_file_and_errors_name_the_line()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("words.txt", "# mine\nabuse: dolt\n\n蠢货\n"u8);
        var list = await WordList.LoadAsync(path);
        Assert.Equal([new("dolt", "abuse"), new("蠢货", ContentCategories.WordList)], list.Entries);
        Assert.Equal("line 2", Assert.Throws<InvalidFileException>(() => WordList.Parse("ok\nabuse: ...\n")).Location);
        Assert.Equal("line 1", Assert.Throws<InvalidFileException>(() => WordList.Parse(new string('x', 101))).Location);
        Assert.Throws<ArgumentException>(() => new WordList(new WordEntry("", "a")));
        await Assert.ThrowsAsync<InvalidFileException>(() => WordList.LoadAsync(folder.File("none.txt")));
    }
}
