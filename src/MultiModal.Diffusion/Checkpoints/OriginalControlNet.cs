using System.Globalization;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>ControlNets in a single file: the original layout (input_blocks, zero_convs, input_hint_block; perhaps below "control_model."), or diffusers'.</summary>
static class OriginalControlNet
{
    const string Prefix = "control_model.";

    /// <summary>The dimensions, from the features of the text, which tell the three families apart.</summary>
    /// <exception cref="InvalidFileException">It is no ControlNet of a known family.</exception>
    public static ControlNetConfig ConfigOf(IWeightSource weights)
    {
        var key = weights.Names.FirstOrDefault(n => n.EndsWith("transformer_blocks.0.attn2.to_k.weight", StringComparison.Ordinal));
        var text = key is null ? 0 : weights.Get(key).Dimensions is [_, var features] ? features : 0;
        var family = text switch
        {
            768 => ModelFamily.StableDiffusion1,
            1024 => ModelFamily.StableDiffusion2,
            2048 => ModelFamily.StableDiffusionXL,
            _ => throw new InvalidFileException(
                weights.Name, key is null ? "it holds no ControlNet." : $"its text has {text} features, which no known family has.",
                remedy: "ControlNets of other architectures need diffusers' folder with config.json."),
        };
        return new() { UNet = ModelConfigurations.Of(family).UNet };
    }

    /// <summary>The file's weights under the names of a graph.</summary>
    /// <param name="weights">The file. Disposing the result disposes it.</param>
    /// <param name="names">The graph's parameters.</param>
    /// <param name="config">The dimensions it shares with its UNet.</param>
    public static IWeightSource InDiffusersLayout(IWeightSource weights, IEnumerable<string> names, UNetConfig config)
    {
        if (weights.Find("controlnet_cond_embedding.conv_in.weight") is not null) return weights;
        var known = names.ToList();
        var hints = known.Count(n => n.StartsWith("controlnet_cond_embedding.blocks.", StringComparison.Ordinal) && n.EndsWith(".weight", StringComparison.Ordinal));
        var map = new WeightMap();

        // The first published files hold the whole model the ControlNet was trained with as well.
        var prefix = weights.Names.Any(n => n.StartsWith(Prefix, StringComparison.Ordinal)) ? Prefix : "";
        foreach (var name in known) map.Rename(prefix + Original(name, config, hints), name);
        return (prefix.Length > 0 ? map.DropOthers() : map).Apply(weights);
    }

    /// <summary>What a parameter is called in the original layout.</summary>
    /// <param name="name">Its name in diffusers'.</param>
    /// <param name="config">The dimensions it shares with its UNet.</param>
    /// <param name="hints">Convolutions between the condition's first and last.</param>
    internal static string Original(string name, UNetConfig config, int hints)
    {
        var p = name.Split('.');
        return p[0] switch
        {
            "controlnet_down_blocks" => Join($"zero_convs.{p[1]}.0", 2),
            "controlnet_mid_block" => Join("middle_block_out.0", 1),
            "controlnet_cond_embedding" => p[1] switch
            {
                "conv_in" => Join("input_hint_block.0", 2),
                "blocks" => Join($"input_hint_block.{2 * (int.Parse(p[2], CultureInfo.InvariantCulture) + 1)}", 3),
                _ => Join($"input_hint_block.{2 * (hints + 1)}", 2),
            },
            _ => OriginalNames.OfUNet(name, config),
        };

        string Join(string start, int from) => string.Join('.', [start, .. p[from..]]);
    }
}
