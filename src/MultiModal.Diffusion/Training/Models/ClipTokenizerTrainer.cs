using System.Text;
using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Training.Models;

/// <summary>Learns a tokenizer for CLIP's text encoders from texts: byte pairs merged by how often they occur (Sennrich et al. 2016).</summary>
public static class ClipTokenizerTrainer
{
    const string Begin = "<|startoftext|>";
    const string End = "<|endoftext|>";

    /// <summary>Learns and writes a tokenizer's folder: vocab.json, merges.txt, special_tokens_map.json and tokenizer_config.json.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="texts">What to learn from: captions.</param>
    /// <param name="merges">The most merges to learn; fewer where every word is one token before. Default 4096.</param>
    /// <param name="length">How many tokens a text has, with its begin and end. Default 77.</param>
    /// <param name="cancellationToken">Stops between merges and files.</param>
    /// <returns>The tokenizer, as it is loaded from the folder.</returns>
    /// <remarks>Whatever is not a word of the texts is still tokenised, in the worst case byte by byte. Equal texts give equal files.</remarks>
    public static async Task<ClipTokenizer> WriteAsync(
        string folder, IEnumerable<string> texts, int merges = 4096, int length = ClipTokenizer.DefaultLength, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegative(merges);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 3);
        var learned = Learn(Count(texts), merges, cancellationToken);
        Directory.CreateDirectory(folder);
        var lines = Encoding.UTF8.GetBytes("#version: 0.2\n" + string.Concat(learned.Select(m => $"{m.First} {m.Second}\n")));
        await WriteAsync("merges.txt", lines).ConfigureAwait(false);
        await WriteAsync("vocab.json", MergesVocabulary.Of(lines, "merges.txt")).ConfigureAwait(false);
        var special = new Dictionary<string, object> { ["bos_token"] = Begin, ["eos_token"] = End, ["unk_token"] = End, ["pad_token"] = End };
        await WriteAsync("special_tokens_map.json", ModelJson.Bytes(special)).ConfigureAwait(false);
        await WriteAsync("tokenizer_config.json", ModelJson.Bytes(new Dictionary<string, object>(special)
        {
            ["add_prefix_space"] = false, ["do_lower_case"] = true, ["model_max_length"] = length, ["tokenizer_class"] = "CLIPTokenizer",
        })).ConfigureAwait(false);
        return await ClipTokenizer.LoadAsync(folder, cancellationToken).ConfigureAwait(false);

        Task WriteAsync(string name, byte[] bytes) => File.WriteAllBytesAsync(Path.Combine(folder, name), bytes, cancellationToken);
    }

    /// <summary>How often each word occurs.</summary>
    static SortedDictionary<string, int> Count(IEnumerable<string> texts)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            ReadOnlySpan<char> rest = ClipWords.Normalise(text);
            while (ClipWords.Next(ref rest, out var word))
            {
                var key = word.ToString();
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }

        return counts;
    }

    static List<(string First, string Second)> Learn(SortedDictionary<string, int> counts, int most, CancellationToken cancellationToken)
    {
        var merges = new List<(string, string)>();
        var made = new HashSet<string>(StringComparer.Ordinal);
        var words = counts.Select(c => (Symbols: Symbols(c.Key), Count: c.Value)).ToList();
        while (merges.Count < most)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pairs = new Dictionary<(string, string), int>();
            foreach (var (symbols, count) in words)
                for (var i = 0; i + 1 < symbols.Count; i++) Count(symbols[i], symbols[i + 1], count);
            if (pairs.Count == 0) break;

            // A token is made in one way only, so that the vocabulary follows from the merges.
            void Count(string first, string second, int count)
            {
                if (!made.Contains(first + second)) pairs[(first, second)] = pairs.GetValueOrDefault((first, second)) + count;
            }

            // Of equally frequent pairs the first in the order of bytes, so that the result does not depend on the order of texts.
            var best = pairs.OrderByDescending(p => p.Value).ThenBy(p => p.Key.Item1, StringComparer.Ordinal).ThenBy(p => p.Key.Item2, StringComparer.Ordinal).First().Key;
            merges.Add(best);
            made.Add(best.Item1 + best.Item2);
            foreach (var (symbols, _) in words)
                for (var i = 0; i + 1 < symbols.Count; i++)
                    if (symbols[i] == best.Item1 && symbols[i + 1] == best.Item2)
                    {
                        symbols[i] += symbols[i + 1];
                        symbols.RemoveAt(i + 1);
                    }
        }

        return merges;
    }

    static List<string> Symbols(string word)
    {
        var symbols = Encoding.UTF8.GetBytes(word).Select(b => BytePairEncoder.Letter(b).ToString()).ToList();
        symbols[^1] += "</w>";
        return symbols;
    }
}
