namespace MultiModal.Diffusion.Text;

/// <summary>Tokens that are found in a text as they are written, before words are: the begin and end tokens, and what textual inversion adds.</summary>
sealed class AddedTokens
{
    readonly List<(string Normal, string Written, int Id)> tokens;

    AddedTokens(List<(string Normal, string Written, int Id)> tokens, int size)
    {
        // The longest first, so that "<cat-2>" is not taken for "<cat" and a rest.
        this.tokens = [.. tokens.OrderByDescending(t => t.Normal.Length)];
        VocabularySize = size;
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize { get; }

    public static AddedTokens Of(int size, params (string Token, int Id)[] tokens) =>
        new([.. tokens.Select(t => (ClipWords.Normalise(t.Token), t.Token, t.Id)).DistinctBy(t => t.Token)], size);

    public int? Find(string token) => tokens.FirstOrDefault(t => t.Written == token) is { Written: not null } found ? found.Id : null;

    public string? TokenOf(int id) => tokens.FirstOrDefault(t => t.Id == id).Written;

    public AddedTokens With(IEnumerable<string> more, ClipVocabulary vocabulary)
    {
        var all = tokens.ToList();
        var size = VocabularySize;
        foreach (var token in more)
        {
            if (string.IsNullOrWhiteSpace(token))
                throw new ArgumentException("An added token must not be empty or white space.", nameof(more));
            if (all.Exists(t => t.Written == token))
                continue;
            all.Add((ClipWords.Normalise(token), token, vocabulary.Find(token) ?? size++));
        }

        return new(all, size);
    }

    /// <summary>Normalises a text, appends the id of each added token in it, and gives what lies between to <paramref name="encode"/>.</summary>
    public void Split(string text, List<int> ids, Action<ReadOnlySpan<char>, List<int>> encode)
    {
        var rest = ClipWords.Normalise(text).AsSpan();
        while (!rest.IsEmpty)
        {
            var (start, length, id) = (-1, 0, 0);
            foreach (var token in tokens)
            {
                var at = rest.IndexOf(token.Normal, StringComparison.Ordinal);
                if (at >= 0 && (start < 0 || at < start))
                    (start, length, id) = (at, token.Normal.Length, token.Id);
            }

            encode(start < 0 ? rest : rest[..start], ids);
            if (start < 0)
                return;
            ids.Add(id);
            rest = rest[(start + length)..];
        }
    }
}
