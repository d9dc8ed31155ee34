namespace MultiModal.Diffusion.Adapters;

/// <summary>What of an adapter has a place in a model.</summary>
/// <param name="Name">The adapter's name.</param>
/// <param name="Layers">Layers of the model that it changes, by component: "unet", "text_encoder", "text_encoder_2".</param>
/// <param name="UnmatchedKeys">Tensors of the file that have no place in the model: of layers it has not, or in no known format.</param>
public sealed record LoraMatch(string Name, IReadOnlyDictionary<string, int> Layers, IReadOnlyList<string> UnmatchedKeys)
{
    /// <summary>Layers in all.</summary>
    public int LayerCount => Layers.Values.Sum();

    /// <summary>One line for a log.</summary>
    public override string ToString() =>
        $"LoRA '{Name}': {(LayerCount == 0 ? "no layers" : string.Join(", ", Layers.Select(l => $"{l.Value} layers of {l.Key}")))}"
        + (UnmatchedKeys.Count == 0 ? "" : $"; {UnmatchedKeys.Count} tensors have no place in the model: {string.Join(", ", UnmatchedKeys.Take(3))}{(UnmatchedKeys.Count > 3 ? ", ..." : "")}");
}
