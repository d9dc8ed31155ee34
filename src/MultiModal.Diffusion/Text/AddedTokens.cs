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
        var normal = ClipWords.Normalise(text);

        // Where each token comes next; looked up again only once it is passed, so that the whole stays linear in the text.
        var next = tokens.Count <= 64 ? stackalloc int[tokens.Count] : new int[tokens.Count].AsSpan();
        next.Fill(-1);
        for (var position = 0; ;)
        {
            var found = -1;
            for (var t = 0; t < tokens.Count; t++)
            {
                if (next[t] < position)
                    next[t] = normal.IndexOf(tokens[t].Normal, position, StringComparison.Ordinal) is >= 0 and var at ? at : int.MaxValue;
                if (next[t] != int.MaxValue && (found < 0 || next[t] < next[found]))
                    found = t;
            }

            encode(normal.AsSpan()[position..(found < 0 ? normal.Length : next[found])], ids);
            if (found < 0)
                return;
            ids.Add(tokens[found].Id);
            position = next[found] + tokens[found].Normal.Length;
        }
    }
}
