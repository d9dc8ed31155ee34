using System.Globalization;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>ControlNets in a single file: the original layout (input_blocks, zero_convs, input_hint_block; perhaps below "control_model."), or diffusers'.</summary>
static class OriginalControlNet
{
    const string Prefix = "control_model.";

    static readonly (string Diffusers, string Original)[] resnet =
    [
        ("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"),
        ("norm2", "out_layers.0"), ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection"),
    ];

    /// <summary>The dimensions, from the features of the text, which tell the three families apart.</summary>
    /// <exception cref="InvalidFileException">It is no ControlNet of a known family.</exception>
    public static ControlNetConfig ConfigOf(IWeightSource weights)
    {
        var key = weights.Names.FirstOrDefault(n => n.EndsWith("transformer_blocks.0.attn2.to_k.weight", StringComparison.Ordinal));
        var text = key is null ? 0 : weights.Get(key).Dimensions is [_, var features] ? features : 0;
        return text switch
        {
            768 => new() { UNet = new() { CrossAttentionSize = 768 } },
            1024 => new() { UNet = new() { CrossAttentionSize = 1024, Heads = [5, 10, 20, 20], LinearProjection = true } },
            2048 => new()
            {
                UNet = new()
                {
                    CrossAttentionSize = 2048, BlockOutChannels = [320, 640, 1280], DownHasAttention = [false, true, true], UpHasAttention = [false, false, false],
                    TransformerLayers = [1, 2, 10], Heads = [5, 10, 20], LinearProjection = true, AdditionTimeSize = 256, AdditionInputs = 2816,
                },
            },
            _ => throw new InvalidFileException(
                weights.Name, key is null ? "it holds no ControlNet." : $"its text has {text} features, which no known family has.",
                remedy: "ControlNets of other architectures need diffusers' folder with config.json."),
        };
    }

    /// <summary>The file's weights under the names of a graph.</summary>
    /// <param name="weights">The file. Disposing the result disposes it.</param>
    /// <param name="names">The graph's parameters.</param>
    /// <param name="layers">Residual blocks of a level.</param>
    public static IWeightSource InDiffusersLayout(IWeightSource weights, IEnumerable<string> names, int layers)
    {
        if (weights.Find("controlnet_cond_embedding.conv_in.weight") is not null) return weights;
        var known = names.ToList();
        var hints = known.Count(n => n.StartsWith("controlnet_cond_embedding.blocks.", StringComparison.Ordinal) && n.EndsWith(".weight", StringComparison.Ordinal));
        var map = new WeightMap();

        // The first published files hold the whole model the ControlNet was trained with as well.
        var prefix = weights.Names.Any(n => n.StartsWith(Prefix, StringComparison.Ordinal)) ? Prefix : "";
        foreach (var name in known) map.Rename(prefix + Original(name, layers, hints), name);
        return (prefix.Length > 0 ? map.DropOthers() : map).Apply(weights);
    }

    /// <summary>What a parameter is called in the original layout.</summary>
    /// <param name="name">Its name in diffusers'.</param>
    /// <param name="layers">Residual blocks of a level.</param>
    /// <param name="hints">Convolutions between the condition's first and last.</param>
    internal static string Original(string name, int layers, int hints)
    {
        var p = name.Split('.');
        return p[0] switch
        {
            "conv_in" => Join("input_blocks.0.0", 1),
            "time_embedding" => Join(p[1] == "linear_1" ? "time_embed.0" : "time_embed.2", 2),
            "add_embedding" => Join(p[1] == "linear_1" ? "label_emb.0.0" : "label_emb.0.2", 2),
            "mid_block" when p[1] == "attentions" => Join("middle_block.1", 3),
            "mid_block" => $"middle_block.{(p[2] == "0" ? 0 : 2)}.{Inner(p, 3)}",
            "down_blocks" when p[2] == "downsamplers" => Join($"input_blocks.{(Number(p[1]) + 1) * (layers + 1)}.0.op", 5),
            "down_blocks" => $"input_blocks.{1 + (Number(p[1]) * (layers + 1)) + Number(p[3])}." + (p[2] == "resnets" ? $"0.{Inner(p, 4)}" : Join("1", 4)),
            "controlnet_down_blocks" => Join($"zero_convs.{p[1]}.0", 2),
            "controlnet_mid_block" => Join("middle_block_out.0", 1),
            "controlnet_cond_embedding" => p[1] switch
            {
                "conv_in" => Join("input_hint_block.0", 2),
                "blocks" => Join($"input_hint_block.{2 * (Number(p[2]) + 1)}", 3),
                _ => Join($"input_hint_block.{2 * (hints + 1)}", 2),
            },
            _ => name,
        };

        string Join(string start, int from) => string.Join('.', [start, .. p[from..]]);
    }

    static string Inner(string[] parts, int at)
    {
        var pair = Array.Find(resnet, r => r.Diffusers == parts[at]);
        return string.Join('.', [pair.Original ?? parts[at], .. parts[(at + 1)..]]);
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
