using System.Text;
using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Tests.Text;

public sealed class ClipTokenizerFileTests : IDisposable
{
    static readonly TinyTokenizer Good = new();
    readonly string folder = Directory.CreateTempSubdirectory("tokenizer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_folder_is_loaded_and_the_map_wins_over_the_config()
    {
        await WriteAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "tokenizer_config.json"), """{"pad_token": "<|endoftext|>", "unk_token": {"content": "<|endoftext|>"}, "model_max_length": 20}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "special_tokens_map.json"), "\uFEFF{\"pad_token\": \"!\"}");
        var tokenizer = await ClipTokenizer.LoadAsync(folder);
        Assert.Equal(20, tokenizer.Encode("cat").Length);
        Assert.Equal("!", tokenizer.TokenOf(tokenizer.PadId));
        Assert.Equal(Good.Ids("the cat"), tokenizer.Tokenize("the cat"));
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => ClipTokenizer.LoadAsync(folder));
        Assert.EndsWith("vocab.json", error.File, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Path.Combine(folder, "vocab.json"), Good.VocabularyJson);
        error = await Assert.ThrowsAsync<InvalidFileException>(() => ClipTokenizer.LoadAsync(folder));
        Assert.EndsWith("merges.txt", error.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("[]", "line 1")]
    [InlineData("{\"a\": 1,\n\"b\": -1}", "line 2")]
    [InlineData("{\"a\": 1,\n\n\"b\": 1.5}", "line 3")]
    [InlineData("{\"a\": 1,\n\"b\": \"2\"}", "line 2")]
    [InlineData("{\"a\": 1,\n\"a\": 2}", "line 2")]
    [InlineData("{\"a\": 1,\n\"b\": 1}", "line 2")]
    [InlineData("{\"a\": 99999999999}", "line 1")]
    [InlineData("{\"a\": 1,\n\"b\": ", "line 2")]
    [InlineData("{\"a\": 1}\n x", "line 2")]
    [InlineData("{\"\\ud800\": 1}", "line 1")]
    [InlineData("{}", null)]
    [InlineData("{\"a\": 1}", null)]
    public void Damage_in_the_vocabulary_is_placed(string json, string? location)
    {
        var error = Assert.Throws<InvalidFileException>(() => ClipTokenizer.Create(Encoding.UTF8.GetBytes(json), "vocab.json", Good.MergesText, "merges.txt", new()));
        Assert.Equal("vocab.json", error.File.Replace("merges.txt", "vocab.json", StringComparison.Ordinal));
        if (location is not null)
            Assert.Equal(location, error.Location);
    }

    [Theory]
    [InlineData("#version: 0.2\nt h\nt  h\n", "line 3")]
    [InlineData("#version: 0.2\nt h\n\nt h\n", "line 3")]
    [InlineData("th\n", "line 1")]
    [InlineData("t h x\n", "line 1")]
    [InlineData("#version: 0.2\nt 火\n", "line 2")]
    [InlineData("#version: 0.2\n# #\n", "line 2")]
    public void Damage_in_the_merges_is_placed(string text, string location)
    {
        var error = Assert.Throws<InvalidFileException>(() => ClipTokenizer.Create(Good.VocabularyJson, "vocab.json", Encoding.UTF8.GetBytes(text), "merges.txt", new()));
        Assert.Equal(("merges.txt", location), (error.File, error.Location));
    }

    [Fact]
    public void Merges_that_are_not_UTF_8_are_placed()
    {
        byte[] bytes = [.. "#version: 0.2\nt h\n"u8, 0xFF, (byte)' ', (byte)'a'];
        var error = Assert.Throws<InvalidFileException>(() => ClipTokenizer.Create(Good.VocabularyJson, "vocab.json", bytes, "merges.txt", new()));
        Assert.Equal("line 3", error.Location);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"pad_token\": 3}")]
    [InlineData("{\"pad_token\": \"\"}")]
    [InlineData("{\"pad_token\": {\"content\": []}}")]
    [InlineData("{\"model_max_length\": 2}")]
    [InlineData("{\"pad_token\": \"\\ud800\"}")]
    [InlineData("{")]
    public void Damage_in_the_settings_is_refused(string json)
    {
        var error = Assert.Throws<InvalidFileException>(() => new ClipTokenizerSettings().Apply(Encoding.UTF8.GetBytes(json), "tokenizer_config.json"));
        Assert.Equal("tokenizer_config.json", error.File);
    }

    [Fact]
    public void No_merges_leave_words_as_bytes()
    {
        var tokenizer = ClipTokenizer.Create(Good.VocabularyJson, "vocab.json", [], "merges.txt", new());
        Assert.Equal(["c", "a", "t</w>"], tokenizer.Tokenize("cat").Select(tokenizer.TokenOf));
    }

    [Fact]
    public void Windows_line_ends_and_a_missing_header_are_read()
    {
        var text = Encoding.UTF8.GetString(Good.MergesText);
        foreach (var variant in new[] { text.Replace("\n", "\r\n", StringComparison.Ordinal), text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..] })
        {
            var tokenizer = ClipTokenizer.Create(Good.VocabularyJson, "vocab.json", Encoding.UTF8.GetBytes(variant), "merges.txt", new());
            Assert.Equal(Good.Ids("the cat sat"), tokenizer.Tokenize("the cat sat"));
        }
    }

    async Task WriteAsync()
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, "vocab.json"), Good.VocabularyJson);
        await File.WriteAllBytesAsync(Path.Combine(folder, "merges.txt"), Good.MergesText);
    }
}
