using MultiModal.Diffusion.Text.Prompts;

namespace MultiModal.Diffusion.Tests.Text.Prompts;

/// <summary>The language of prompts; the vectors are the examples in A1111's own documentation of its parser.</summary>
public sealed class PromptSyntaxTests
{
    [Theory]
    [InlineData("normal text", "normal text@1")]
    [InlineData("an (important) word", "an @1|important@1.1| word@1")]
    [InlineData("(unbalanced", "unbalanced@1.1")]
    [InlineData(@"\(literal\]", "(literal]@1")]
    [InlineData("(unnecessary)(parens)", "unnecessaryparens@1.1")]
    [InlineData(
        "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
        "a @1|house@1.573| @1.1|on@1| a @1.1|hill@0.55|, sun, @1.1|sky@1.4641|.@1.1")]
    [InlineData("", "@1")]
    [InlineData("(a:1.2.3)", "a:1.2.3)@1.1")]
    [InlineData("closed) too] often", "closed) too] often@1")]
    [InlineData(@"C:\\folder", @"C:\folder@1")]
    [InlineData("(negative:-0.5)", "negative@-0.5")]
    public void Weights_nest_and_multiply(string prompt, string expected) => Assert.Equal(expected, Written(PromptSyntax.Weights(prompt)));

    [Fact]
    public void BREAK_stands_alone_and_takes_the_space_around_it() =>
        Assert.Equal("a@1|BREAK|b@1.1|BREAK|c@1.1| BREAKFAST@1", Written(PromptSyntax.Weights("a BREAK (b BREAK\nc) BREAKFAST")));

    [Theory]
    [InlineData("test", "10 test")]
    [InlineData("a [b:3]", "3 a |10 a b")]
    [InlineData("a [b: 3]", "3 a |10 a b")]
    [InlineData("a [[[b]]:2]", "2 a |10 a [[b]]")]
    [InlineData("[(a:2):3]", "3 |10 (a:2)")]
    [InlineData("a [b : c : 1] d", "1 a b  d|10 a  c  d")]
    [InlineData("a[b:[c:d:2]:1]e", "1 abe|2 ace|10 ade")]
    [InlineData("a [unbalanced", "10 a [unbalanced")]
    [InlineData("a [b:.5] c", "5 a  c|10 a b c")]
    [InlineData("((a][:b:c [d:3]", "3 ((a][:b:c |10 ((a][:b:c d")]
    [InlineData("[fe|]male", "1 female|2 male|3 female|4 male|5 female|6 male|7 female|8 male|9 female|10 male")]
    [InlineData("[fe|||]male", "1 female|2 male|3 male|4 male|5 female|6 male|7 male|8 male|9 female|10 male")]
    [InlineData("[gone::4]!", "4 gone!|10 !")]
    [InlineData("[late:99]", "10 ")]
    [InlineData("[now:0]", "10 now")]
    [InlineData(@"\[a:b:3\]", @"10 \[a:b:3\]")]
    public void Schedules_change_words_at_their_steps(string prompt, string expected) =>
        Assert.Equal(expected, string.Join('|', PromptSyntax.Schedule(prompt, 10).Select(s => $"{s.LastStep} {s.Text}")));

    [Theory]
    [InlineData("a [b:.5] c", "10 a b c")]
    [InlineData("a [b:1.5] c", "5 a  c|10 a b c")]
    [InlineData("a [b:13] c", "3 a  c|10 a b c")]
    public void Schedules_of_a_second_pass_count_on(string prompt, string expected) =>
        Assert.Equal(expected, string.Join('|', PromptSyntax.Schedule(prompt, 10, 10).Select(s => $"{s.LastStep} {s.Text}")));

    [Fact]
    public void Alternatives_keep_their_weights() =>
        Assert.Equal(["a", "(b:1.1)", "a"], PromptSyntax.Schedule("[a|(b:1.1)]", 3).Select(s => s.Text));

    [Fact]
    public void AND_joins_prompts_with_weights()
    {
        Assert.Equal([new("a cat ", 1), new(" a dog", 0.5f), new(" WANDS", 1)], PromptSyntax.Parts("a cat AND a dog :0.5 AND WANDS"));
        Assert.Equal([new PromptPart("format 3:4", 1)], PromptSyntax.Parts("format 3:4"));
    }

    [Fact]
    public void LoRAs_are_taken_out_of_the_prompt()
    {
        var (prompt, loras) = PromptSyntax.TakeLoras("a <lora:ink:0.8>koi <lora:wash:0.5:0.25> pond<lora:line><lora:x:te=0:unet=2> <b>");
        Assert.Equal("a koi  pond <b>", prompt);
        Assert.Equal([new("ink", 0.8f, 0.8f), new("wash", 0.5f, 0.25f), new("line", 1, 1), new("x", 0, 2)], loras);
    }

    [Fact]
    public void No_prompt_is_an_error_or_takes_long()
    {
        var random = new Random(5);
        const string Pieces = "([{<|:)]}>\\ ,ab1.5BREAKANDlora";
        for (var i = 0; i < 3000; i++)
        {
            var prompt = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            foreach (var part in PromptSyntax.Parts(PromptSyntax.TakeLoras(prompt).Prompt))
                foreach (var stretch in PromptSyntax.Schedule(part.Text, 7))
                    Assert.True(PromptSyntax.Weights(stretch.Text).Count > 0, $"seed 5, prompt {i}: {prompt}");
        }

        var deep = new string('[', 20_000);
        Assert.Equal(deep, Assert.Single(PromptSyntax.Schedule(deep, 7)).Text);
        Assert.Equal(20_000, PromptSyntax.Schedule(new string('(', 10_000) + new string('[', 10_000), 7)[^1].Text.Length);
    }

    static string Written(IEnumerable<WeightedText> parts) => string.Join('|', parts.Select(p =>
        p.IsBreak ? "BREAK" : FormattableString.Invariant($"{p.Text}@{Math.Round(p.Weight, 6)}")));
}
