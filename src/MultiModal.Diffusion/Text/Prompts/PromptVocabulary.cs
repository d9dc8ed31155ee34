using MultiModal.Diffusion.Adapters;

namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>
/// One encoder's tokenizer with textual inversions: a name that stands for vectors is found as the tokens it is written of (A1111), or, where it begins
/// or ends with a sign, as a whole even against other signs, as diffusers finds its added tokens.
/// </summary>
sealed class PromptVocabulary
{
    readonly ClipTokenizer tokenizer;
    readonly Dictionary<int, List<(int[] Ids, TextualInversion Inversion)>> byFirstToken = [];
    readonly string? component;
    readonly int features;

    /// <summary>A tokenizer alone.</summary>
    public PromptVocabulary(ClipTokenizer tokenizer)
    {
        Plain = this.tokenizer = tokenizer;
    }

    /// <param name="tokenizer">The encoder's.</param>
    /// <param name="component">"text_encoder" or "text_encoder_2".</param>
    /// <param name="features">The width of the encoder's embeddings.</param>
    /// <param name="inversions">Those that have no vectors for the encoder are words to it.</param>
    public PromptVocabulary(ClipTokenizer tokenizer, string component, int features, IEnumerable<TextualInversion> inversions)
    {
        (Plain, this.component, this.features) = (tokenizer, component, features);
        var own = inversions.Where(i => i.VectorsFor(component, features) is not null).ToList();
        this.tokenizer = tokenizer.WithTokens(own.Select(i => i.Token).Where(t => !char.IsLetterOrDigit(t[0]) || !char.IsLetterOrDigit(t[^1])));
        foreach (var inversion in own)
        {
            if (this.tokenizer.Tokenize(inversion.Token) is not [var first, ..] ids) continue;
            if (!byFirstToken.TryGetValue(first, out var same)) byFirstToken[first] = same = [];
            same.Add((ids, inversion));
        }

        // The longest name that fits is meant.
        foreach (var same in byFirstToken.Values) same.Sort((a, b) => b.Ids.Length.CompareTo(a.Ids.Length));
    }

    /// <summary>The tokenizer itself: its frame, its comma, its length.</summary>
    public ClipTokenizer Plain { get; }

    /// <summary>The textual inversions.</summary>
    public IEnumerable<TextualInversion> Inversions => byFirstToken.Values.SelectMany(v => v).Select(v => v.Inversion);

    /// <summary>Whether there is any textual inversion for the encoder.</summary>
    public bool HasVectors => byFirstToken.Count > 0;

    /// <summary>A text's tokens: an id each, or the vectors that stand for some of them, all of a name's in a row.</summary>
    public IEnumerable<(int Id, ReadOnlyMemory<float>[]? Vectors)> Tokenize(string text)
    {
        var ids = tokenizer.Tokenize(text);
        for (var i = 0; i < ids.Length;)
        {
            var found = byFirstToken.GetValueOrDefault(ids[i])?.Find(c => ids.AsSpan(i).StartsWith(c.Ids));
            if (found is { Inversion: { } inversion, Ids: var written })
            {
                yield return (0, inversion.VectorsFor(component!, features));
                i += written.Length;
            }
            else
            {
                yield return (ids[i++], null);
            }
        }
    }
}
