using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace MultiModal.Diffusion.Text;

/// <summary>A line of merges.txt: how early it applies, and the token it makes.</summary>
readonly record struct BytePairMerge(int Rank, int Token);

/// <summary>Splits normalised text into words and words into tokens by byte-pair merges (Sennrich et al. 2016), with GPT-2's byte alphabet.</summary>
sealed class BytePairEncoder
{
    // Enough for the words of any prompt collection; a flood of made-up words only empties it again.
    const int CachedWords = 1 << 14;
    const int LongestCachedWord = 64;

    readonly Dictionary<long, BytePairMerge> merges;
    readonly int[] bytes = new int[256];
    readonly int[] lastBytes = new int[256];
    readonly ConcurrentDictionary<string, int[]> cache = new(StringComparer.Ordinal);
    int cached;

    public BytePairEncoder(ClipVocabulary vocabulary, Dictionary<long, BytePairMerge> merges, int unknown)
    {
        this.merges = merges;
        for (var value = 0; value < 256; value++)
        {
            var letter = Letter(value).ToString();
            bytes[value] = vocabulary.Find(letter) ?? unknown;
            lastBytes[value] = vocabulary.Find(letter + "</w>") ?? unknown;
        }
    }

    public static long Key(int first, int second) => ((long)first << 32) | (uint)second;

    /// <summary>Appends the tokens of a normalised text.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        var lookup = cache.GetAlternateLookup<ReadOnlySpan<char>>();
        while (ClipWords.Next(ref text, out var word))
        {
            if (!lookup.TryGetValue(word, out var tokens))
            {
                tokens = Merge(word);
                if (word.Length <= LongestCachedWord)
                    Remember(word.ToString(), tokens);
            }

            ids.AddRange(tokens);
        }
    }

    void Remember(string word, int[] tokens)
    {
        if (Interlocked.Increment(ref cached) > CachedWords)
        {
            Interlocked.Exchange(ref cached, 0);
            cache.Clear();
        }

        cache[word] = tokens;
    }

    /// <summary>
    /// Joins the neighbouring pair of lowest rank, the leftmost first, until no pair is left to join. A heap and a linked list
    /// keep it at n log n, so that a very long word cannot stall anyone.
    /// </summary>
    int[] Merge(ReadOnlySpan<char> word)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(word.Length));
        var count = Encoding.UTF8.GetBytes(word, buffer);
        var symbols = new int[count];
        for (var i = 0; i < count; i++)
            symbols[i] = (i == count - 1 ? lastBytes : bytes)[buffer[i]];
        ArrayPool<byte>.Shared.Return(buffer);

        var next = new int[count];
        var previous = new int[count];
        var queue = new PriorityQueue<Candidate, (int Rank, int Position)>();
        for (var i = 0; i < count; i++)
            (next[i], previous[i]) = (i + 1, i - 1);
        for (var i = 0; i < count - 1; i++)
            Propose(i);
        while (queue.TryDequeue(out var pair, out var order))
        {
            // A pair is stale when one of its symbols has been joined to something else meanwhile.
            var (left, right) = (order.Position, pair.Right);
            if (symbols[left] != pair.First || symbols[right] != pair.Second || next[left] != right)
                continue;
            symbols[left] = pair.Token;
            symbols[right] = -1;
            next[left] = next[right];
            if (next[left] < count)
                previous[next[left]] = left;
            if (previous[left] >= 0)
                Propose(previous[left]);
            Propose(left);
        }

        var tokens = new List<int>(count);
        for (var i = 0; i < count; i = next[i])
            tokens.Add(symbols[i]);
        return [.. tokens];

        void Propose(int left)
        {
            var right = next[left];
            if (right < count && merges.TryGetValue(Key(symbols[left], symbols[right]), out var merge))
                queue.Enqueue(new(symbols[left], symbols[right], right, merge.Token), (merge.Rank, left));
        }
    }

    readonly record struct Candidate(int First, int Second, int Right, int Token);

    /// <summary>The printable letter that stands for a byte (GPT-2, bytes_to_unicode): itself where it prints, else the next from U+0100 on.</summary>
    internal static char Letter(int value) => value switch
    {
        >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF => (char)value,
        <= ' ' => (char)(0x100 + value),
        <= 0xA0 => (char)(0x100 + 33 + value - 0x7F),
        _ => (char)(0x100 + 33 + 34),
    };
}
