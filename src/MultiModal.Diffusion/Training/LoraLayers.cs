using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training;

namespace MultiModal.Diffusion.Training;

/// <summary>Which layers of a network get a LoRA, and what its parameters are called: as PEFT calls them, with the network's name in front.</summary>
/// <param name="Network">The network's name in the file: "unet", "text_encoder", "text_encoder_2".</param>
/// <param name="Targets">
/// Ends of the layers' paths, whole parts of them: "to_q", "to_out.0", "attn2.to_k". A layer is any linear layer or convolution.
/// </param>
/// <param name="Rank">The rank.</param>
/// <param name="Alpha">The product is multiplied by alpha / rank.</param>
/// <param name="IsPart">Whether the graph holds other networks too, so that its parameters have their network's name in front.</param>
sealed record LoraLayers(string Network, IReadOnlyList<string> Targets, int Rank, float Alpha, bool IsPart = false)
{
    /// <summary>The graph of the network with adapters beside the targets. The adapters' parameters are new ones of the graph.</summary>
    /// <exception cref="ArgumentException">A target is in no layer of the network.</exception>
    public Graph Apply(Graph graph)
    {
        var layers = LowRankAdapters.Candidates(graph).Select(Layer).OfType<string>().ToList();
        foreach (var target in Targets)
            if (!layers.Any(layer => IsAt(layer, target))) throw new ArgumentException($"{Network} has no layer that ends with '{target}'.");
        return LowRankAdapters.Apply(graph, weight => Layer(weight) is { } layer && Targets.Any(target => IsAt(layer, target)) ? Adapter(layer) : null);
    }

    /// <summary>Whether a parameter is one of an adapter of the network.</summary>
    public bool Owns(string parameter) =>
        parameter.StartsWith(Network + ".", StringComparison.Ordinal) && (parameter.EndsWith(".lora_A.weight", StringComparison.Ordinal) || parameter.EndsWith(".lora_B.weight", StringComparison.Ordinal));

    LowRankAdapter Adapter(string layer) => new($"{Network}.{layer}.lora_A.weight", $"{Network}.{layer}.lora_B.weight", Rank, Alpha / Rank);

    /// <summary>The path of the layer that a weight belongs to; null where it is another network's.</summary>
    string? Layer(string weight)
    {
        var own = IsPart ? Network + "." : "";
        if (!weight.StartsWith(own, StringComparison.Ordinal)) return null;
        return weight.EndsWith(".weight", StringComparison.Ordinal) ? weight[own.Length..^".weight".Length] : weight[own.Length..];
    }

    static bool IsAt(string layer, string target) => layer == target || layer.EndsWith("." + target, StringComparison.Ordinal);
}
