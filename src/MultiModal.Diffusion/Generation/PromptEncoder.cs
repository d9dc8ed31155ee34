using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>Prompts to what the UNet reads: one encoder's last state, or SDXL's two penultimate states side by side.</summary>
sealed class PromptEncoder(ModelFiles files)
{
    bool Penultimate => files.TextEncoders.Count > 1 || files.UNet.AdditionTimeSize is not null;

    /// <summary>Encodes the prompt and what it is guided away from as plain text, as diffusers' pipelines do.</summary>
    public async ValueTask<(Conditioning Positive, Conditioning Negative)> EncodeAsync(string prompt, string? negative, TextEncoding text, CancellationToken cancellationToken)
    {
        var positive = await EncodeAsync(prompt, text, cancellationToken).ConfigureAwait(false);
        return (positive, negative is null && files.ZerosForEmptyPrompt ? positive.Zeros() : await EncodeAsync(negative ?? "", text, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Encodes what a request says, in A1111's syntax unless the request turns it off.</summary>
    /// <param name="request">The request.</param>
    /// <param name="guided">Whether there is guidance.</param>
    /// <param name="stepsBefore">Steps of the pass before: schedules of the second pass begin there.</param>
    /// <param name="steps">Steps of this pass.</param>
    /// <param name="text">The request's text encoders.</param>
    /// <param name="cancellationToken">Stops the run in flight.</param>
    public async ValueTask<PromptPlan> PlanAsync(ImageRequest request, bool guided, int steps, int stepsBefore, TextEncoding text, CancellationToken cancellationToken)
    {
        if (!request.PromptSyntax && request.ClipSkip is null && text.Vocabularies.All(v => !v.HasVectors))
        {
            var (plain, against) = await EncodeAsync(request.Prompt, request.NegativePrompt, text, cancellationToken).ConfigureAwait(false);
            return PromptPlan.Constant(plain, guided ? against : null);
        }

        // Texts that occur in several places are encoded once; all get as many chunks as the longest has.
        var cache = new Dictionary<string, List<Conditioning>>(StringComparer.Ordinal);
        var positives = request.PromptSyntax ? PromptSyntax.Parts(PromptSyntax.TakeLoras(request.Prompt).Prompt) : [new PromptPart(request.Prompt, 1)];
        var schedules = positives.Select(p => (p.Weight, Texts: Schedule(p.Text))).ToList();
        var zeros = request.NegativePrompt is null && files.ZerosForEmptyPrompt;
        var negatives = guided && !zeros ? Schedule(request.PromptSyntax ? PromptSyntax.TakeLoras(request.NegativePrompt ?? "").Prompt : request.NegativePrompt ?? "") : [];
        foreach (var words in schedules.SelectMany(s => s.Texts).Concat(negatives).Select(t => t.Text))
            if (!cache.ContainsKey(words)) cache[words] = await ChunksAsync(words, request, text, cancellationToken).ConfigureAwait(false);
        var most = cache.Values.Max(c => c.Count);
        var empty = cache.Values.Any(c => c.Count < most) ? (await ChunksAsync("", request, text, cancellationToken).ConfigureAwait(false))[0] : null;
        var joined = cache.ToDictionary(c => c.Key, c => Join(c.Value, most, empty), StringComparer.Ordinal);
        var branches = schedules.Select(s => new PromptBranch(s.Weight, [.. s.Texts.Select(t => (t.LastStep, joined[t.Text]))])).ToList();
        return new(branches, !guided ? null
            : zeros ? PromptBranch.Constant(branches[0].Stretches[0].Text.Zeros())
            : new(1, [.. negatives.Select(t => (t.LastStep, joined[t.Text]))]));

        IReadOnlyList<ScheduledText> Schedule(string words) => request.PromptSyntax ? PromptSyntax.Schedule(words, steps, stepsBefore) : [new(steps, words)];
    }

    /// <summary>How long a prompt is, at the step where it is longest.</summary>
    public static TokenCount Count(string prompt, int steps, PromptVocabulary vocabulary)
    {
        var longest = PromptSyntax.Parts(PromptSyntax.TakeLoras(prompt).Prompt)
            .SelectMany(p => PromptSyntax.Schedule(p.Text, steps)).Select(t => PromptChunks.Of(vocabulary, PromptSyntax.Weights(t.Text))).MaxBy(c => c.Tokens)!;
        return new(longest.Tokens, longest.Chunks.Count, vocabulary.Plain.MaximumLength - 2);
    }

    async ValueTask<Conditioning> EncodeAsync(string prompt, TextEncoding text, CancellationToken cancellationToken)
    {
        var first = await text.EncodeAsync(0, files.TextEncoders[0].Tokenizer.Encode(prompt), skip: 1, cancellationToken).ConfigureAwait(false);
        if (files.TextEncoders.Count == 1)
            return Penultimate ? new(first.Penultimate, first.Pooled) : new(first.Last, null);
        var second = await text.EncodeAsync(1, files.TextEncoders[1].Tokenizer.Encode(prompt), skip: 1, cancellationToken).ConfigureAwait(false);
        return new(SideBySide(first.Penultimate, second.Penultimate), second.Pooled);
    }

    /// <summary>A text's chunks, each encoded by itself.</summary>
    async ValueTask<List<Conditioning>> ChunksAsync(string words, ImageRequest request, TextEncoding text, CancellationToken cancellationToken)
    {
        IReadOnlyList<WeightedText> parts = request.PromptSyntax ? PromptSyntax.Weights(words) : [new(words, 1)];
        var encoded = new List<List<(TensorData States, TensorData Pooled)>>();
        foreach (var (i, vocabulary) in text.Vocabularies.Index())
        {
            var states = new List<(TensorData, TensorData)>();

            // Without the syntax a prompt is what fits into one chunk, as with diffusers.
            var chunks = request.PromptSyntax ? PromptChunks.Of(vocabulary, parts).Chunks : [PromptChunks.Of(vocabulary, parts, backtrack: 0).Chunks[0]];
            foreach (var chunk in chunks) states.Add(await ChunkAsync(i, chunk, request, text, cancellationToken).ConfigureAwait(false));
            encoded.Add(states);
        }

        if (encoded.Count == 1) return [.. encoded[0].Select(c => new Conditioning(c.States, Penultimate ? c.Pooled : null))];

        // Tokenizers of one model cut alike; where they do not, the shorter one repeats its last chunk.
        var count = encoded.Max(e => e.Count);
        return [.. Enumerable.Range(0, count).Select(n =>
        {
            var (first, second) = (encoded[0][Math.Min(n, encoded[0].Count - 1)], encoded[1][Math.Min(n, encoded[1].Count - 1)]);
            return new Conditioning(SideBySide(first.States, second.States), second.Pooled);
        })];
    }

    async ValueTask<(TensorData States, TensorData Pooled)> ChunkAsync(
        int encoder, PromptChunk chunk, ImageRequest request, TextEncoding text, CancellationToken cancellationToken)
    {
        var (states, pooled) = await EncodeAsync(chunk.Ids, chunk.Vectors).ConfigureAwait(false);
        if (!chunk.Weights.AsSpan().ContainsAnyExcept(1f)) return (states, pooled);
        var empty = request.Emphasis == Emphasis.FromEmpty ? (await EncodeAsync(files.TextEncoders[encoder].Tokenizer.Frame([]), []).ConfigureAwait(false)).States : null;

        // What the encoder gave is kept for other requests.
        var weighted = TensorData.Of(states.Floats.ToArray(), [.. states.Dimensions]);
        EmphasisMath.Apply(weighted.Floats, chunk.Weights, request.Emphasis, empty is null ? [] : empty.Floats);
        return (weighted, pooled);

        async ValueTask<(TensorData States, TensorData Pooled)> EncodeAsync(int[] ids, IReadOnlyList<(int At, ReadOnlyMemory<float> Vector)> vectors)
        {
            var skip = request.ClipSkip is { } asked ? Math.Min(asked, files.TextEncoders[encoder].Config.Layers) : 1;
            var all = await text.EncodeAsync(encoder, ids, skip, cancellationToken, vectors).ConfigureAwait(false);
            return (request.ClipSkip is null ? Penultimate ? all.Penultimate : all.Last : Penultimate ? all.Chosen : all.ChosenNormalised, all.Pooled);
        }
    }

    /// <summary>Chunks one after the other, filled up with the empty prompt's; what is pooled is the first chunk's.</summary>
    static Conditioning Join(List<Conditioning> chunks, int count, Conditioning? empty)
    {
        if (count == 1) return chunks[0];
        IReadOnlyList<TensorData> parts = [.. Enumerable.Range(0, count).Select(i => (i < chunks.Count ? chunks[i] : empty!).Context)];
        var values = new float[parts.Sum(p => p.Length)];
        var offset = 0;
        foreach (var part in parts)
        {
            part.Floats.CopyTo(values.AsSpan(offset));
            offset += part.Length;
        }

        return new(TensorData.Of(values, 1, parts.Sum(p => p.Dimensions[1]), parts[0].Dimensions[2]), chunks[0].Pooled);
    }

    /// <summary>[1, tokens, a] and [1, tokens, b] to [1, tokens, a + b].</summary>
    static TensorData SideBySide(TensorData left, TensorData right)
    {
        var (tokens, a, b) = ((int)left.Dimensions[1], (int)left.Dimensions[2], (int)right.Dimensions[2]);
        var values = new float[tokens * (a + b)];
        for (var i = 0; i < tokens; i++)
        {
            left.Floats.Slice(i * a, a).CopyTo(values.AsSpan(i * (a + b)));
            right.Floats.Slice(i * b, b).CopyTo(values.AsSpan((i * (a + b)) + a));
        }

        return TensorData.Of(values, 1, tokens, a + b);
    }
}
