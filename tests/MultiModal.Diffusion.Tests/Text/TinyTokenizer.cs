using System.Text;
using System.Text.Json;
using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Tests.Text;

/// <summary>A tokenizer trained on a few words, and a second, slow one by the letter of the original: a regular expression and merges on strings.</summary>
sealed class TinyTokenizer
{
    const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";
    readonly List<(string First, string Second)> merges = [];
    readonly Dictionary<string, int> ids = [];

    public TinyTokenizer(string corpus = "the cat sat on the mat with another cat caf\u00e9 na\u00efve don't 中文 中文 ... ... aaaa aaa \U0001F600\U0001F600 lower lowest newer", int count = 120)
    {
        foreach (var letter in Enumerable.Range(0, 256).Select(Letter).Order())
            ids.Add(letter.ToString(), ids.Count);
        foreach (var letter in Enumerable.Range(0, 256).Select(Letter).Order())
            ids.Add(letter + "</w>", ids.Count);
        var words = Words(corpus).Select(Symbols).ToList();
        while (merges.Count < count)
        {
            var best = words.SelectMany(w => w.Zip(w.Skip(1))).GroupBy(p => p).OrderByDescending(g => g.Count()).FirstOrDefault();
            if (best is null)
                break;
            merges.Add(best.Key);
            words = words.ConvertAll(w => Apply(w, best.Key));
            ids.TryAdd(best.Key.First + best.Key.Second, ids.Count);
        }

        ids.Add("<|startoftext|>", ids.Count);
        ids.Add("<|endoftext|>", ids.Count);
    }

    public byte[] VocabularyJson => JsonSerializer.SerializeToUtf8Bytes(ids);

    public byte[] MergesText => Encoding.UTF8.GetBytes("#version: 0.2\n" + string.Concat(merges.Select(m => $"{m.First} {m.Second}\n")));

    public ClipTokenizer Make(ClipTokenizerSettings? settings = null) =>
        ClipTokenizer.Create(VocabularyJson, "vocab.json", MergesText, "merges.txt", settings ?? new());

    public string[] Tokenize(string text) => [.. Words(text).SelectMany(w => Bpe(Symbols(w)))];

    public int[] Ids(string text) => [.. Tokenize(text).Select(t => ids[t])];

    List<string> Bpe(List<string> word)
    {
        foreach (var merge in merges)
            word = Apply(word, merge);
        return word;
    }

    static List<string> Apply(List<string> word, (string First, string Second) merge)
    {
        var result = new List<string>();
        for (var i = 0; i < word.Count; i++)
        {
            if (i + 1 < word.Count && word[i] == merge.First && word[i + 1] == merge.Second)
                result.Add(word[i] + word[++i]);
            else
                result.Add(word[i]);
        }

        return result;
    }

    static List<string> Symbols(string word)
    {
        var letters = Encoding.UTF8.GetBytes(word).Select(b => Letter(b).ToString()).ToList();
        letters[^1] += "</w>";
        return letters;
    }

    static IEnumerable<string> Words(string text)
    {
        var normal = System.Text.RegularExpressions.Regex.Replace(text.Normalize(NormalizationForm.FormC), @"\s+", " ").ToLowerInvariant();

        // .NET's classes see UTF-16 units; letters and digits beyond them are kept out of the texts this is used on, emoji are not.
        return System.Text.RegularExpressions.Regex.Matches(normal, Pattern).Select(m => m.Value);
    }

    static char Letter(int value)
    {
        bool Prints(int b) => b is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        return Prints(value) ? (char)value : (char)(256 + Enumerable.Range(0, value).Count(b => !Prints(b)));
    }
}
