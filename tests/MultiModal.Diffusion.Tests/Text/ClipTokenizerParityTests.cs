using MultiModal.Diffusion.Text;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Text;

[Trait("Category", "Parity")]
public class ClipTokenizerParityTests
{
    [Fact]
    public Task Ids_equal_those_of_transformers() => Fixtures.CheckAsync("clip-tokenizer", async fixture =>
    {
        var tokenizer = await ClipTokenizer.LoadAsync(fixture.PathIn("model"));
        var (ids, unpadded) = (fixture["ids"].EnumerateArray().ToArray(), fixture["unpadded"].EnumerateArray().ToArray());
        var i = 0;
        foreach (var prompt in fixture["prompts"].EnumerateArray())
        {
            var text = prompt.GetString()!;
            Assert.Equal(ids[i].EnumerateArray().Select(e => e.GetInt32()), tokenizer.Encode(text));
            Assert.Equal(unpadded[i].EnumerateArray().Select(e => e.GetInt32()), tokenizer.Tokenize(text));
            i++;
        }

        Assert.Equal(ids.Length, i);
    });
}
