namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>A prompt cut into what a text encoder takes at once.</summary>
sealed class PromptChunks
{
    /// <summary>How far back from a full chunk's end a comma may lie for the cut to be made there (A1111's default).</summary>
    public const int Backtrack = 20;

    PromptChunks(IReadOnlyList<(int[] Ids, float[] Weights)> chunks, int tokens) => (Chunks, Tokens) = (chunks, tokens);

    /// <summary>Ids with begin, end and padding, and the weight of each: as long as the tokenizer's maximum. At least one.</summary>
    public IReadOnlyList<(int[] Ids, float[] Weights)> Chunks { get; }

    /// <summary>Tokens in all, counting chunks before the last as full.</summary>
    public int Tokens { get; }

    /// <summary>Cuts weighted text.</summary>
    public static PromptChunks Of(ClipTokenizer tokenizer, IReadOnlyList<WeightedText> parts)
    {
        var length = tokenizer.MaximumLength - 2;
        var chunks = new List<(int[], float[])>();
        var (ids, weights) = (new List<int>(), new List<float>());
        var comma = -1;
        foreach (var part in parts)
        {
            if (part.IsBreak)
            {
                Close();
                continue;
            }

            foreach (var id in tokenizer.Tokenize(part.Text))
            {
                if (id == tokenizer.CommaId) comma = ids.Count;
                else if (ids.Count == length && comma >= 0 && ids.Count - comma <= Backtrack)
                {
                    // What follows the comma goes to the next chunk, so that a phrase stays together.
                    var (movedIds, movedWeights) = (ids[(comma + 1)..], weights[(comma + 1)..]);
                    ids.RemoveRange(comma + 1, movedIds.Count);
                    weights.RemoveRange(comma + 1, movedIds.Count);
                    Close();
                    ids.AddRange(movedIds);
                    weights.AddRange(movedWeights);
                }

                if (ids.Count == length) Close();
                ids.Add(id);
                weights.Add((float)part.Weight);
            }
        }

        var tokens = (chunks.Count * length) + ids.Count;
        if (ids.Count > 0 || chunks.Count == 0) Close();
        return new(chunks, tokens);

        void Close()
        {
            var all = new float[tokenizer.MaximumLength];
            all.AsSpan().Fill(1);
            weights.CopyTo(all, 1);
            chunks.Add((tokenizer.Frame([.. ids]), all));
            (ids, weights, comma) = ([], [], -1);
        }
    }
}
