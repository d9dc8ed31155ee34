using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Text.Prompts;

namespace MultiModal.Diffusion.Generation;

/// <summary>What A1111 writes of the adapters of a picture, so that others can find the very files: names with the first twelve letters of their hashes.</summary>
/// <param name="Loras">"ink: 0123456789ab, gold: ..."; empty for none.</param>
/// <param name="Embeddings">The same of textual inversions.</param>
sealed record AdapterHashes(string Loras, string Embeddings)
{
    public static async Task<AdapterHashes> OfAsync(LoraSet? loras, IReadOnlyList<PromptVocabulary> words, CancellationToken cancellationToken)
    {
        var (adapters, embeddings) = (new List<string>(), new List<string>());
        foreach (var weights in loras?.Weights ?? [])
            if (await TryAsync(() => weights.WeightsHashAsync(cancellationToken)).ConfigureAwait(false) is { } hash) adapters.Add($"{weights.Name}: {hash[..12]}");
        foreach (var inversion in words.SelectMany(w => w.Inversions).Distinct())
            if (await TryAsync(() => inversion.HashAsync(cancellationToken)).ConfigureAwait(false) is { } hash) embeddings.Add($"{inversion.Token}: {hash}");
        return new(string.Join(", ", adapters), string.Join(", ", embeddings));
    }

    static async Task<string?> TryAsync(Func<Task<string>> read)
    {
        try
        {
            return await Task.Run(read).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file is gone since it was loaded: the picture is not to fail for its hash.
            return null;
        }
    }
}
