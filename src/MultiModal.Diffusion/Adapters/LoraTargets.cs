using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Diffusion.Adapters;

/// <summary>
/// The layers of a model under every name that adapters' files have for them. Names are never taken apart: underscores stand for dots and for
/// themselves, so each layer's possible names are made and looked up.
/// </summary>
sealed class LoraTargets
{
    readonly Dictionary<string, LoraTarget> byName = new(StringComparer.Ordinal);

    LoraTargets()
    {
    }

    /// <summary>All layers.</summary>
    public IReadOnlyCollection<LoraTarget> All { get; private set; } = [];

    public static LoraTargets Of(ModelFiles files)
    {
        var targets = new LoraTargets();
        targets.AddUNet(files.UNet);
        foreach (var encoder in files.TextEncoders) targets.AddTextEncoder(encoder, files.TextEncoders.Count == 1);
        targets.All = [.. targets.byName.Values.Distinct()];
        return targets;
    }

    /// <summary>The layer that a file calls so; null where the model has none.</summary>
    public LoraTarget? Find(string name) => byName.GetValueOrDefault(LoraKeys.Bare(name));

    void AddUNet(UNetConfig config)
    {
        foreach (var (layer, weight, bias) in Layers(DiffusionGraphs.UNet(config)))
        {
            var target = new LoraTarget("unet", layer, weight, bias, BlockNames.Of(layer, config.LayersPerBlock));
            foreach (var name in Spellings(layer).Append(OriginalNames.OfUNet($"{layer}.weight", config)[..^".weight".Length]))
            {
                var flat = name.Replace('.', '_');
                foreach (var alias in (string[])
                         [
                             $"lora_unet_{flat}", $"lycoris_{flat}", $"lycoris_unet_{flat}", name, $"unet.{name}", $"diffusion_model.{name}", $"model.diffusion_model.{name}",
                         ])
                    byName.TryAdd(alias, target);
            }
        }
    }

    void AddTextEncoder(TextEncoderFiles encoder, bool isOnly)
    {
        var isSecond = encoder.Component == "text_encoder_2";
        foreach (var (layer, weight, bias) in Layers(DiffusionGraphs.TextEncoder(encoder.Config)))
        {
            var target = new LoraTarget(encoder.Component, layer, weight, bias, "BASE");
            foreach (var name in Spellings(layer))
            {
                var flat = name.Replace('.', '_');
                List<string> aliases = isSecond ? SecondNames(name, flat) : FirstNames(name, flat);

                // The only one may be called either: SDXL's refiner has the base model's second.
                if (isOnly) aliases.AddRange(isSecond ? FirstNames(name, flat) : SecondNames(name, flat));
                foreach (var alias in aliases) byName.TryAdd(alias, target);
            }
        }

        static List<string> FirstNames(string name, string flat) =>
        [
            $"lora_te_{flat}", $"lora_te1_{flat}", $"lycoris_te_{flat}", $"text_encoder.{name}", name, $"clip_l.transformer.{name}", $"text_encoders.clip_l.transformer.{name}",
        ];

        static List<string> SecondNames(string name, string flat) =>
            [$"lora_te2_{flat}", $"text_encoder_2.{name}", $"clip_g.transformer.{name}", $"text_encoders.clip_g.transformer.{name}"];
    }

    /// <summary>A layer's name, and what attention processors of old called it.</summary>
    static IEnumerable<string> Spellings(string layer)
    {
        yield return layer;
        if (layer.EndsWith(".to_out.0", StringComparison.Ordinal)) yield return layer[..^2];
        foreach (var (ending, old) in ((string, string)[])[(".q_proj", ".to_q"), (".k_proj", ".to_k"), (".v_proj", ".to_v"), (".out_proj", ".to_out")])
            if (layer.EndsWith(ending, StringComparison.Ordinal)) yield return layer[..^ending.Length] + old;
    }

    static List<(string Layer, long[]? Weight, long[]? Bias)> Layers(Graph graph)
    {
        var layers = new OrderedDictionary<string, (long[]? Weight, long[]? Bias)>(StringComparer.Ordinal);
        foreach (var (name, tensor) in graph.Parameters)
        {
            var dot = name.LastIndexOf('.');
            var layer = name[..Math.Max(dot, 0)];
            var (weight, bias) = layers.TryGetValue(layer, out var known) ? known : default;
            if (name[(dot + 1)..] == "weight") layers[layer] = (tensor.Shape.ToLongs(), bias);
            else if (name[(dot + 1)..] == "bias") layers[layer] = (weight, tensor.Shape.ToLongs());
        }

        return [.. layers.Select(l => (l.Key, l.Value.Weight, l.Value.Bias))];
    }
}
