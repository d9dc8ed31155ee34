using MultiModal.Diffusion.Text;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Text.Prompts;

public sealed class PromptChunksTests
{
    const int Words = 75;

    static async Task<ClipTokenizer> TokenizerAsync() => await ClipTokenizer.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15/tokenizer"));

    static PromptChunks Cut(ClipTokenizer tokenizer, string prompt) => PromptChunks.Of(new PromptVocabulary(tokenizer), PromptSyntax.Weights(prompt));

    static string Repeat(string word, int count) => string.Join(' ', Enumerable.Repeat(word, count));

    [Fact]
    public async Task A_plain_prompt_is_one_chunk_as_the_tokenizer_encodes_it()
    {
        var tokenizer = await TokenizerAsync();
        foreach (var prompt in (string[])["", "a small red tree", Repeat("red", Words)])
        {
            var chunk = Assert.Single(Cut(tokenizer, prompt).Chunks);
            Assert.Equal(tokenizer.Encode(prompt), chunk.Ids);
            Assert.All(chunk.Weights, w => Assert.Equal(1, w));
        }
    }

    [Fact]
    public async Task Long_prompts_go_on_in_further_chunks()
    {
        var tokenizer = await TokenizerAsync();
        var chunks = Cut(tokenizer, Repeat("red", Words + 3));
        Assert.Equal(Words + 3, chunks.Tokens);
        Assert.Equal(2, chunks.Chunks.Count);
        Assert.Equal(tokenizer.Frame([.. tokenizer.Tokenize(Repeat("red", 3))]), chunks.Chunks[1].Ids);
    }

    [Fact]
    public async Task A_cut_is_made_at_a_comma_that_is_near_and_no_further_back()
    {
        var tokenizer = await TokenizerAsync();
        var near = Cut(tokenizer, $"{Repeat("red", 60)}, {Repeat("tree", 20)}");
        Assert.Equal(tokenizer.Frame([.. tokenizer.Tokenize(Repeat("red", 60) + ",")]), near.Chunks[0].Ids);
        Assert.Equal(tokenizer.Frame([.. tokenizer.Tokenize(Repeat("tree", 20))]), near.Chunks[1].Ids);

        var far = Cut(tokenizer, $"{Repeat("red", 50)}, {Repeat("tree", 30)}");
        Assert.Equal(tokenizer.Frame([.. tokenizer.Tokenize($"{Repeat("red", 50)}, {Repeat("tree", 24)}")]), far.Chunks[0].Ids);
    }

    [Fact]
    public async Task BREAK_begins_a_chunk_and_weights_stay_with_their_tokens()
    {
        var tokenizer = await TokenizerAsync();
        var chunks = Cut(tokenizer, "red BREAK a (tree:1.5)").Chunks;
        Assert.Equal(2, chunks.Count);
        var tree = tokenizer.Tokenize("tree").Length;
        var lead = 1 + tokenizer.Tokenize("a").Length;
        Assert.Equal(Enumerable.Repeat(1.5f, tree), chunks[1].Weights.Skip(lead).Take(tree));
        Assert.Equal(77 - tree, chunks[1].Weights.Count(w => w == 1));
    }
}
