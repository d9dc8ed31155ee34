using MultiModal.Voice.Training.Data;

namespace MultiModal.Voice.Tests.Training;

public sealed class PhonemeTimesTests
{
    const string Long = """"
        File type = "ooTextFile"
        Object class = "TextGrid"

        xmin = 0
        xmax = 0.5
        tiers? <exists>
        size = 2
        item []:
            item [1]:
                class = "IntervalTier"
                name = "words"
                xmin = 0
                xmax = 0.5
                intervals: size = 1
                intervals [1]:
                    xmin = 0
                    xmax = 0.5
                    text = "say ""hm"""
            item [2]:
                class = "IntervalTier"
                name = "phones"
                xmin = 0
                xmax = 0.5
                intervals: size = 2
                intervals [1]:
                    xmin = 0
                    xmax = 0.2
                    text = "hh"
                intervals [2]:
                    xmin = 0.2
                    xmax = 0.5
                    text = "m"
        """";

    const string Short = """
        File type = "ooTextFile"
        Object class = "TextGrid"

        0
        0.5
        <exists>
        1
        "IntervalTier"
        "anything"
        0
        0.5
        2
        0
        0.2
        "hh"
        0.2
        0.5
        "m"
        """;

    static readonly PhonemeInterval[] Expected = [new("hh", 0, 0.2), new("m", 0.2, 0.5)];

    [Theory]
    [InlineData(Long)]
    [InlineData(Short)]
    [InlineData("""{"phonemes": [{"phone": "hh", "start": 0, "end": 0.2}, {"phone": "m", "start": 0.2, "duration": 0.3}]}""")]
    [InlineData("""[{"label": "hh", "begin": 0, "end": 0.2}, {"text": "m", "xmin": 0.2, "xmax": 0.5}]""")]
    public void Text_grids_and_json_hold_the_same(string text) => Assert.Equal(Expected, PhonemeTimes.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n0 1 <exists> 1 \"IntervalTier\" \"phones\" 0 1 2 0 0.5 \"a\"")]
    [InlineData("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n0 1 <exists> 999999999")]
    [InlineData("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n0 1 <exists> 0")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{\"phone\": \"a\"}]")]
    [InlineData("[{\"phone\": \"a\", \"start\": 0, \"end\": \"x\"}]")]
    [InlineData("[{")]
    [InlineData("[{\"phone\": \"\\ud800\", \"start\": 0, \"end\": 1}]")]
    public void Damaged_files_are_refused(string text) => Assert.Throws<InvalidFileException>(() => PhonemeTimes.Parse(text, "x"));

    [Fact]
    public void Times_are_checked_against_the_sound()
    {
        Assert.Null(PhonemeTimes.Check(Expected, TimeSpan.FromSeconds(0.5)));
        Assert.Null(PhonemeTimes.Check(Expected, TimeSpan.FromSeconds(0.49)));
        Assert.Contains("the sound at 0.4 s", PhonemeTimes.Check(Expected, TimeSpan.FromSeconds(0.4)), StringComparison.Ordinal);
        Assert.Contains("before the one before it ends", PhonemeTimes.Check([new("a", 0, 0.4), new("b", 0.1, 0.5)], TimeSpan.FromSeconds(1)), StringComparison.Ordinal);
        Assert.NotNull(PhonemeTimes.Check([new("a", 0.4, 0.1)], TimeSpan.FromSeconds(1)));
        Assert.NotNull(PhonemeTimes.Check([], TimeSpan.FromSeconds(1)));
    }
}
