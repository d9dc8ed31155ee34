using System.Text;
using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Tests.Text;

public class ClipTokenizerTests
{
    static readonly TinyTokenizer Reference = new();
    static readonly ClipTokenizer Tokenizer = Reference.Make();

    [Theory]
    [InlineData("the cat sat on the mat", "the</w> cat</w> sat</w> on</w> the</w> mat</w>")]
    [InlineData("  The\t CAT\r\n", "the</w> cat</w>")]
    [InlineData("don't", "don</w> 't</w>")]
    [InlineData("", "")]
    [InlineData(" \u3000\u00A0\u2003 ", "")]
    public void Words_become_the_tokens_of_the_merges(string text, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', Reference.Tokenize(text)) == tokens ? Written(text) : $"the reference says {string.Join(' ', Reference.Tokenize(text))}");

    [Theory]
    [InlineData("2024", "2</w> 0</w> 2</w> 4</w>")]
    [InlineData("a1b", "a</w> 1</w> b</w>")]
    [InlineData("x'sy", "x</w> 's</w> y</w>")]
    [InlineData("'S'T'RE'VE'M'LL'D", "'s</w> 't</w> 're</w> 've</w> 'm</w> 'll</w> 'd</w>")]
    [InlineData("''s", "'' s")]
    [InlineData("!?,", "!?,")]
    [InlineData("a_b-c", "a _ b - c")]
    [InlineData("½²Ⅷ", "½ ² ⅷ")]
    [InlineData("ＦＵＬＬ　ｗｉｄｔｈ", "ｆｕｌｌ ｗｉｄｔｈ")]
    [InlineData("e\u0301\u0301", "é \u0301")]
    [InlineData("Å\u212B", "åå")]
    [InlineData("İstanbul", "i \u0307 stanbul")]
    [InlineData("ΣΑΣ", "σασ")]
    [InlineData("ǅ", "ǆ")]
    [InlineData("日本語テキスト", "日本語テキスト")]
    [InlineData("中 文", "中 文")]
    [InlineData("हिन्दी", "ह ि न ् द ी")]
    [InlineData("a\u0000b\u200Bc\uFEFFd", "a \u0000 b \u200B c \uFEFF d")]
    [InlineData("\U0001F600\U0001F468\u200D\U0001F469!", "\U0001F600\U0001F468\u200D\U0001F469!")]
    [InlineData("\U0001D400\U0001D401", "\U0001D400\U0001D401")]
    [InlineData("\U0001D7D8\U0001D7D9", "\U0001D7D8 \U0001D7D9")]
    [InlineData("\U00010400", "\U00010428")]
    [InlineData("a\u0085b\u2028c\u180Ed", "a b c \u180E d")]
    public void Text_is_cut_into_words_by_Unicodes_classes(string text, string words)
    {
        ReadOnlySpan<char> rest = ClipWords.Normalise(text);
        var found = new List<string>();
        while (ClipWords.Next(ref rest, out var word))
            found.Add(word.ToString());
        Assert.Equal(words.Replace("</w>", "", StringComparison.Ordinal).Split(' '), found);
    }

    [Fact]
    public void Random_texts_equal_the_slow_reference()
    {
        string[] pieces =
        [
            "the", "cat", "CAFÉ", "cafe\u0301", "naïve", "don't", "'s", "'", "''", "LOWEST", "newer", "中文", "12", "3.5", "...", "....", "—", "“quote”",
            "\U0001F600", "\U0001F600\U0001F600\U0001F600", "ﬁ", "ß", "Ж", "ё", "עברית", "ไทย", "aaaaaaa", "\u200D", "\u0007", "</w>", "<", "|", "_", "²", "\uFFFD",
        ];
        string[] gaps = ["", "", " ", "  ", "\n", "\u3000"];
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)] + gaps[random.Next(gaps.Length)]));
            Assert.True(Reference.Ids(text).SequenceEqual(Tokenizer.Tokenize(text)), $"seed {seed}: '{text}'");
        }
    }

    [Fact]
    public void Begin_and_end_tokens_are_found_in_the_text()
    {
        var ids = Tokenizer.Tokenize("cat<|endoftext|>the <|STARTOFTEXT|> cat");
        var (cat, the) = (Reference.Ids("cat")[0], Reference.Ids("the")[0]);
        Assert.Equal([cat, Tokenizer.EosId, the, Tokenizer.BosId, cat], ids);
    }

    [Fact]
    public void A_sequence_has_77_ids_and_is_cut_before_the_end_token()
    {
        var cat = Reference.Ids("cat")[0];
        Assert.Equal([Tokenizer.BosId, cat, .. Enumerable.Repeat(Tokenizer.EosId, 75)], Tokenizer.Encode("cat"));
        var full = Tokenizer.Encode(string.Join(' ', Enumerable.Repeat("cat", 200)));
        Assert.Equal([Tokenizer.BosId, .. Enumerable.Repeat(cat, 75), Tokenizer.EosId], full);
        Assert.Equal(200, Tokenizer.Tokenize(string.Join(' ', Enumerable.Repeat("cat", 200))).Length);
    }

    [Fact]
    public void OpenCLIP_pads_with_an_exclamation_mark_that_stays_one_in_prompts()
    {
        var settings = new ClipTokenizerSettings();
        settings.Apply("""{"pad_token": {"content": "!"}, "bos_token": "<|startoftext|>", "model_max_length": 1e30}"""u8.ToArray(), "special_tokens_map.json");
        var tokenizer = Reference.Make(settings);
        Assert.True(tokenizer.TryGetId("!", out var pad));
        Assert.True(tokenizer.TryGetId("!</w>", out var mark));
        Assert.Equal([tokenizer.BosId, mark, tokenizer.EosId, pad, pad], tokenizer.Encode("!")[..5]);
        Assert.Equal(77, tokenizer.MaximumLength);
    }

    [Fact]
    public void Added_tokens_get_the_next_ids_and_the_longest_wins()
    {
        var more = Tokenizer.WithTokens("<Cat-Toy>", "<cat-toy>_1", "<|endoftext|>");
        var size = Tokenizer.VocabularySize;
        Assert.Equal(size + 2, more.VocabularySize);
        var a = Reference.Ids("a")[0];
        Assert.Equal([a, size, size + 1, a], more.Tokenize("a <cat-toy> <CAT-TOY>_1a"));
        Assert.Equal("<Cat-Toy>", more.TokenOf(size));
        Assert.True(more.TryGetId("<cat-toy>_1", out var id));
        Assert.Equal(size + 1, id);
        Assert.DoesNotContain(size, Tokenizer.Tokenize("<cat-toy>"));
        Assert.Throws<ArgumentException>(() => Tokenizer.WithTokens(" "));
    }

    [Fact]
    public void Ids_and_tokens_look_each_other_up()
    {
        Assert.True(Tokenizer.TryGetId(",</w>", out var comma));
        Assert.Equal(comma, Tokenizer.CommaId);
        Assert.Equal(",</w>", Tokenizer.TokenOf(comma));
        Assert.False(Tokenizer.TryGetId("no such token", out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.TokenOf(Tokenizer.VocabularySize));
    }

    [Fact]
    public void Unpaired_surrogates_count_as_replacement_characters() =>
        Assert.Equal(Tokenizer.Tokenize("a \uFFFD b"), Tokenizer.Tokenize("a \uD800 b"));

    [Fact]
    public void Many_callers_at_once_get_the_same_ids()
    {
        var texts = Enumerable.Range(0, 20_000).Select(i => $"cat {i} {(char)('a' + (i % 26))}{i * 7919L:X} the").ToArray();
        var expected = texts.Select(Reference.Make().Tokenize).ToArray();
        var actual = new int[texts.Length][];
        Parallel.For(0, texts.Length, i => actual[i] = Tokenizer.Tokenize(texts[i]));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Very_long_words_and_floods_of_special_tokens_take_linear_work()
    {
        Assert.InRange(Tokenizer.Tokenize(new string('a', 300_000)).Length, 100_000, 300_000);
        Assert.Equal(50_000, Tokenizer.Tokenize(string.Concat(Enumerable.Repeat("<|endoftext|>", 50_000))).Length);
    }

    static string Written(string text) => string.Join(' ', Tokenizer.Tokenize(text).Select(Tokenizer.TokenOf));
}
