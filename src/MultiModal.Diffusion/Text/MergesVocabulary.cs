using System.Text;
using System.Text.Json;

namespace MultiModal.Diffusion.Text;

/// <summary>CLIP's vocabulary, which follows from its merges: 256 bytes, the same at a word's end, what each merge makes, and the two special tokens.</summary>
static class MergesVocabulary
{
    // CLIPTokenizer reads no more of them: 49,152 tokens less 256 bytes and the two special ones.
    const int MaximumMerges = 49152 - 256 - 2;

    /// <summary>Writes vocab.json for a merges.txt.</summary>
    /// <exception cref="InvalidFileException">It holds something else.</exception>
    public static byte[] Of(byte[] merges, string path)
    {
        var letters = Enumerable.Range(0, 256).OrderBy(b => IsPrintable(b) ? 0 : 1).ThenBy(b => b).Select(b => BytePairEncoder.Letter(b).ToString()).ToList();
        var tokens = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var letter in letters) tokens.Add(letter, tokens.Count);
        foreach (var letter in letters) tokens.Add(letter + "</w>", tokens.Count);
        var lines = Encoding.UTF8.GetString(TokenizerFile.WithoutMark(merges)).TrimEnd().Split('\n');
        var first = lines[0].Contains("#version", StringComparison.Ordinal) ? 1 : 0;
        for (var i = first; i < lines.Length && i - first < MaximumMerges; i++)
            if (!tokens.TryAdd(lines[i].TrimEnd('\r').Replace(" ", "", StringComparison.Ordinal), tokens.Count))
                throw new InvalidFileException(path, "Two merges make the same token.", $"line {i + 1}", "Its vocabulary does not follow from its merges: put vocab.json beside it.");
        tokens.TryAdd("<|startoftext|>", tokens.Count);
        tokens.TryAdd("<|endoftext|>", tokens.Count);
        return JsonSerializer.SerializeToUtf8Bytes(tokens);
    }

    static bool IsPrintable(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
}
