using MultiModal.Diffusion.Text;
using MultiModal.Diffusion.Training.Models;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

public sealed class ClipTokenizerTrainerTests : IDisposable
{
    static readonly string[] Texts = ["a red fox", "Red apples, 12 of them", "the fox's den", "caf\u00E9 \u4E2D\u6587", "foxes and boxes"];
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task With_merges_enough_every_word_is_one_token_and_unknown_words_are_more()
    {
        var tokenizer = await ClipTokenizerTrainer.WriteAsync(folder.Path, Texts, length: 24);
        Assert.Equal(24, tokenizer.MaximumLength);
        Assert.Equal(tokenizer.VocabularySize, tokenizer.EosId + 1);
        Assert.Equal(["red</w>", "fox</w>"], tokenizer.Tokenize("RED  fox").Select(tokenizer.TokenOf));
        Assert.Equal(["the</w>", "fox</w>", "'s</w>", "den</w>"], tokenizer.Tokenize("the fox's den").Select(tokenizer.TokenOf));
        Assert.True(tokenizer.Tokenize("quokka").Length > 1);
        Assert.Equal("caf\u00E9".Length - 3, tokenizer.Tokenize("caf\u00E9").Length);
    }

    [Fact]
    public async Task The_same_texts_in_another_order_give_the_same_files()
    {
        await ClipTokenizerTrainer.WriteAsync(folder.File("a"), Texts, 30);
        await ClipTokenizerTrainer.WriteAsync(folder.File("b"), Texts.Reverse(), 30);
        foreach (var name in (string[])["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"])
            Assert.Equal(await File.ReadAllBytesAsync(folder.File($"a/{name}")), await File.ReadAllBytesAsync(folder.File($"b/{name}")));
        Assert.Equal(512 + 30 + 2, (await ClipTokenizer.LoadAsync(folder.File("a"))).VocabularySize);
    }

    [Fact]
    public async Task Merges_are_learnt_by_frequency()
    {
        // "ab" occurs four times, "abc" three, "bc" is never left over: e is joined last.
        await ClipTokenizerTrainer.WriteAsync(folder.Path, ["abcx abcy abcz abe"], 2);
        Assert.Equal(["#version: 0.2", "a b", "ab c"], (await File.ReadAllTextAsync(folder.File("merges.txt"))).TrimEnd().Split('\n'));
    }
}
