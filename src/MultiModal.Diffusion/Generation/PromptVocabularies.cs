using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Text.Prompts;

namespace MultiModal.Diffusion.Generation;

/// <summary>The tokenizers of a model with the textual inversions of a request. Safe for concurrent use.</summary>
sealed class PromptVocabularies(ModelFiles files, DiffusionModelOptions options)
{
    readonly IReadOnlyList<PromptVocabulary> plain = [.. files.TextEncoders.Select(e => new PromptVocabulary(e.Tokenizer))];

    /// <summary>One for each text encoder, and what the request's maker should know.</summary>
    public (IReadOnlyList<PromptVocabulary> Vocabularies, IReadOnlyList<string> Notes) For(ImageRequest request)
    {
        var text = $"{request.Prompt}\n{request.NegativePrompt}";
        var (inversions, notes) = (Known(request.Embeddings, text), new List<string>());
        foreach (var inversion in inversions)
            if (!files.TextEncoders.Any(e => inversion.VectorsFor(e.Component, e.Config.HiddenSize) is not null) && text.Contains(inversion.Token, StringComparison.OrdinalIgnoreCase))
                notes.Add(
                    $"The textual inversion '{inversion.Token}' is for encoders of {string.Join(" and ", inversion.Features)} features, this model's have " +
                    $"{string.Join(" and ", files.TextEncoders.Select(e => e.Config.HiddenSize))}: its name was read as plain words.");
        return (Of(inversions), notes);
    }

    /// <summary>The first encoder's, with the inversions a prompt may name.</summary>
    public PromptVocabulary ForCounting(string prompt) => Of(Known([], prompt))[0];

    IReadOnlyList<TextualInversion> Known(IReadOnlyList<TextualInversion> given, string text) =>
        options.Embeddings is { } library ? [.. given, .. library.FindIn(text).Where(i => !given.Any(g => string.Equals(g.Token, i.Token, StringComparison.OrdinalIgnoreCase)))] : given;

    IReadOnlyList<PromptVocabulary> Of(IReadOnlyList<TextualInversion> inversions) => inversions.Count == 0 ? plain
        : [.. files.TextEncoders.Select(e => new PromptVocabulary(e.Tokenizer, e.Component, e.Config.HiddenSize, inversions))];
}
