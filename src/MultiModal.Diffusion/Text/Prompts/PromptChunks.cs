namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>A prompt cut into what a text encoder takes at once.</summary>
sealed class PromptChunks
{
    /// <summary>How far back from a full chunk's end a comma may lie for the cut to be made there (A1111's default).</summary>
    public const int Backtrack = 20;

    PromptChunks(IReadOnlyList<PromptChunk> chunks, int tokens) => (Chunks, Tokens) = (chunks, tokens);

    /// <summary>At least one.</summary>
    public IReadOnlyList<PromptChunk> Chunks { get; }

    /// <summary>Tokens in all, counting chunks before the last as full.</summary>
    public int Tokens { get; }

    /// <summary>Cuts weighted text.</summary>
    /// <param name="vocabulary">The tokenizer, with textual inversions.</param>
    /// <param name="parts">The text.</param>
    /// <param name="backtrack">How far back a comma may lie; 0 cuts wherever a chunk is full.</param>
    public static PromptChunks Of(PromptVocabulary vocabulary, IReadOnlyList<WeightedText> parts, int backtrack = Backtrack)
    {
        var tokenizer = vocabulary.Plain;
        var length = tokenizer.MaximumLength - 2;
        var chunks = new List<PromptChunk>();
        var tokens = new List<(int Id, float Weight, ReadOnlyMemory<float> Vector)>();
        var comma = -1;
        foreach (var part in parts)
        {
            if (part.IsBreak)
            {
                Close();
                continue;
            }

            foreach (var (id, vectors) in vocabulary.Tokenize(part.Text))
            {
                if (vectors is null && id == tokenizer.CommaId) comma = tokens.Count;
                else if (tokens.Count == length && comma >= 0 && tokens.Count - comma <= backtrack)
                {
                    // What follows the comma goes to the next chunk, so that a phrase stays together.
                    var moved = tokens[(comma + 1)..];
                    tokens.RemoveRange(comma + 1, moved.Count);
                    Close();
                    tokens.AddRange(moved);
                }

                // Vectors of one name stay in one chunk.
                if (tokens.Count + (vectors?.Length ?? 1) > length) Close();
                if (vectors is null) tokens.Add((id, (float)part.Weight, default));
                else tokens.AddRange(vectors.Select(v => (0, (float)part.Weight, v)));
            }
        }

        var count = (chunks.Count * length) + tokens.Count;
        if (tokens.Count > 0 || chunks.Count == 0) Close();
        return new(chunks, count);

        void Close()
        {
            var weights = new float[tokenizer.MaximumLength];
            weights.AsSpan().Fill(1);
            for (var i = 0; i < tokens.Count; i++) weights[i + 1] = tokens[i].Weight;
            chunks.Add(new(
                tokenizer.Frame([.. tokens.Select(t => t.Id)]), weights, [.. tokens.Select((t, i) => (At: i + 1, t.Vector)).Where(t => !t.Vector.IsEmpty)]));
            (tokens, comma) = ([], -1);
        }
    }
}
