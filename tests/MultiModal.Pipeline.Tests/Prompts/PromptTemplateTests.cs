using MultiModal.Pipeline.Prompts;

namespace MultiModal.Pipeline.Tests.Prompts;

public sealed class PromptTemplateTests
{
    [Fact]
    public void Placeholders_are_filled_and_double_braces_are_braces()
    {
        var template = new PromptTemplate("{who} {{in}} { place }, {who}");
        Assert.Equal(["who", "place"], template.Placeholders);
        Assert.Equal("a cat {in} snow, a cat", template.Fill(new Dictionary<string, string> { ["who"] = "a cat", ["place"] = "snow", ["other"] = "" }));
        Assert.Throws<ArgumentException>(() => template.Fill("a cat"));
    }

    [Theory]
    [InlineData("a (((cat:1.9))) <lora:x:1> [dog|cow] {b}\\", "a cat:1.9 lora:x:1 dogcow b")]
    [InlineData(" a\r\n\tcat\u200B \u0007 ", "a cat")]
    [InlineData("猫（红）𠀀", "猫（红）𠀀")]
    public void What_is_put_in_is_plain_text(string text, string filled) => Assert.Equal(filled, PromptStyles.Plain.Fill(text));

    [Theory]
    [InlineData("one two three four", 10, "one two")]
    [InlineData("一二三，四五六七八", 5, "一二三")]
    [InlineData("abcdefghij", 4, "abcd")]
    [InlineData("abc𠀀def", 4, "abc")]
    public void Long_texts_are_cut_at_a_word_and_never_within_a_character(string text, int length, string filled) => Assert.Equal(filled, new PromptTemplate("{text}", length).Fill(text));

    [Theory]
    [InlineData("{text")]
    [InlineData("text}")]
    [InlineData("{}")]
    [InlineData("{a{b}}")]
    public void A_template_that_is_wrong_says_where(string template) => Assert.Contains("character", Assert.Throws<FormatException>(() => new PromptTemplate(template)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_style_takes_a_text() => Assert.All(
        typeof(PromptStyles).GetProperties().Select(static property => (PromptTemplate)property.GetValue(null)!), static style => Assert.Contains("a cat", style.Fill("a cat"), StringComparison.Ordinal));
}
