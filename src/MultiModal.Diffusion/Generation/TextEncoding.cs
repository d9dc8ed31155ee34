using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>The text encoders of one request, with its adapters merged in. Each is held from the first prompt it has to encode; what is known needs none.</summary>
sealed class TextEncoding(DiffusionNetworks networks, LoraSet? loras, IReadOnlyList<PromptVocabulary> vocabularies) : IDisposable
{
    readonly (INetwork Network, IDisposable Hold)?[] held = new (INetwork, IDisposable)?[networks.TextEncoderCount];

    /// <summary>The encoders' tokenizers, with the request's textual inversions.</summary>
    public IReadOnlyList<PromptVocabulary> Vocabularies => vocabularies;

    /// <summary>Encodes a prompt.</summary>
    /// <param name="encoder">Which encoder.</param>
    /// <param name="ids">Token ids.</param>
    /// <param name="skip">Which hidden state <see cref="TextStates.Chosen"/> is of, from the last: 1 is the last layer's, 2 the one's before.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <param name="vectors">What stands in the place of tokens' embeddings; null for nothing.</param>
    /// <returns>States that others may have as well: not to be changed.</returns>
    public async ValueTask<TextStates> EncodeAsync(
        int encoder, IReadOnlyList<int> ids, int skip, CancellationToken cancellationToken, IReadOnlyList<(int At, ReadOnlyMemory<float> Vector)>? vectors = null)
    {
        var features = networks.TextFeatures(encoder);
        var (values, places) = (new float[ids.Count * features], new bool[ids.Count]);
        foreach (var (at, vector) in vectors ?? [])
        {
            vector.Span.CopyTo(values.AsSpan(at * features));
            places[at] = true;
        }

        var taught = vectors is { Count: > 0 } ? Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan()))) : "";
        var key = $"{encoder}|{skip}|{(networks.Changes(encoder, loras) ? loras!.Key : "")}|{taught}|{string.Join(',', ids)}";
        if (networks.KnownPrompts.Find(key) is { } known) return known;
        var (network, _) = held[encoder] ??= await networks.HoldTextEncoderAsync(encoder, loras, cancellationToken).ConfigureAwait(false);
        var inputs = new Dictionary<string, TensorData>
        {
            ["input_ids"] = TensorData.Of([.. ids.Select(id => (long)id)], 1, ids.Count),
            ["vectors"] = TensorData.Of(values, 1, ids.Count, features),
            ["is_vector"] = TensorData.Of(places, 1, ids.Count),
            ["layer"] = TensorData.Of([networks.TextLayers(encoder) + 1L - skip], 1),
        };
        var results = network.Run(inputs, cancellationToken: cancellationToken);
        var states = new TextStates(results["last_hidden_state"], results["penultimate_hidden_state"], results["pooled"], results["state"], results["normalised_state"]);
        networks.KnownPrompts.Add(key, states);
        return states;
    }

    public void Dispose()
    {
        foreach (var own in held) own?.Hold.Dispose();
    }
}
