using System.Globalization;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>What parameters are called in the original layout, that of single files, by their names in diffusers' and transformers'.</summary>
static class OriginalNames
{
    static readonly Dictionary<string, string> unetResnet = new(StringComparer.Ordinal)
    {
        ["norm1"] = "in_layers.0", ["conv1"] = "in_layers.2", ["time_emb_proj"] = "emb_layers.1",
        ["norm2"] = "out_layers.0", ["conv2"] = "out_layers.3", ["conv_shortcut"] = "skip_connection",
    };

    static readonly Dictionary<string, string> vaeAttention = new(StringComparer.Ordinal)
    {
        ["group_norm"] = "norm", ["to_q"] = "q", ["to_k"] = "k", ["to_v"] = "v", ["to_out"] = "proj_out",
    };

    /// <summary>A UNet's parameter: input_blocks, middle_block and output_blocks are counted through all levels.</summary>
    /// <param name="name">"down_blocks.0.resnets.1.conv1.weight"</param>
    /// <param name="config">The UNet's dimensions.</param>
    /// <returns>"input_blocks.2.0.in_layers.2.weight"; without "model.diffusion_model.".</returns>
    public static string OfUNet(string name, UNetConfig config)
    {
        var p = name.Split('.');
        var layers = config.LayersPerBlock;
        return p[0] switch
        {
            "conv_in" => Join("input_blocks.0.0", p, 1),
            "time_embedding" when p[1] is "linear_1" or "linear_2" => Join(p[1] == "linear_1" ? "time_embed.0" : "time_embed.2", p, 2),
            "add_embedding" => Join(p[1] == "linear_1" ? "label_emb.0.0" : "label_emb.0.2", p, 2),
            "mid_block" when p[1] == "attentions" => Join("middle_block.1", p, 3),
            "mid_block" => Join($"middle_block.{(p[2] == "0" ? 0 : 2)}.{unetResnet[p[3]]}", p, 4),
            "down_blocks" when p[2] == "downsamplers" => Join($"input_blocks.{(Number(p[1]) + 1) * (layers + 1)}.0.op", p, 5),
            "down_blocks" => Part($"input_blocks.{1 + (Number(p[1]) * (layers + 1)) + Number(p[3])}", p),
            "up_blocks" when p[2] == "upsamplers" =>
                Join($"output_blocks.{(Number(p[1]) * (layers + 1)) + layers}.{(config.UpHasAttention[Number(p[1])] ? 2 : 1)}.conv", p, 5),
            "up_blocks" => Part($"output_blocks.{(Number(p[1]) * (layers + 1)) + Number(p[3])}", p),
            "conv_norm_out" => Join("out.0", p, 1),
            "conv_out" => Join("out.2", p, 1),
            _ => name,
        };
    }

    /// <summary>An autoencoder's parameter; the decoder's levels are counted from the finest.</summary>
    /// <param name="name">"decoder.up_blocks.0.resnets.1.conv1.weight"</param>
    /// <param name="levels">How many levels it has.</param>
    /// <returns>"decoder.up.3.block.1.conv1.weight"; without "first_stage_model.".</returns>
    public static string OfVae(string name, int levels)
    {
        var p = name.Split('.');
        if (p[0] is not ("encoder" or "decoder")) return name;
        return p[1] switch
        {
            "conv_norm_out" => Join($"{p[0]}.norm_out", p, 2),
            "mid_block" when p[2] == "attentions" => Join($"{p[0]}.mid.attn_1.{vaeAttention[p[4]]}", p, p[4] == "to_out" ? 6 : 5),
            "mid_block" => Join($"{p[0]}.mid.block_{Number(p[3]) + 1}.{VaeResnet(p[4])}", p, 5),
            "down_blocks" => Level($"{p[0]}.down.{p[2]}", p),
            "up_blocks" => Level($"{p[0]}.up.{levels - 1 - Number(p[2])}", p),
            _ => name,
        };
    }

    /// <summary>Whether a parameter of the autoencoder is a 1x1 convolution in the original layout and a matrix in diffusers'.</summary>
    public static bool IsSqueezed(string name) => name.Contains(".attentions.0.to_", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal);

    /// <summary>
    /// OpenCLIP's text encoder to transformers'. Queries, keys and values are stacked, the projection is transposed, and layers beyond those
    /// of the configuration (Stable Diffusion 2 leaves the last one out) are dropped.
    /// </summary>
    public static WeightMap OpenClip(ClipTextConfig config)
    {
        var map = new WeightMap();
        foreach (var blocks in (string[])["transformer.resblocks.", "resblocks."])
        {
            map.Drop($"{blocks}{config.Layers}.{{part*}}")
                .Split(blocks + "{n}.attn.in_proj_{kind*}", [.. "qkv".Select(c => $"text_model.encoder.layers.{{n}}.self_attn.{c}_proj.{{kind*}}")])
                .Rename(blocks + "{n}.attn.out_proj.{kind*}", "text_model.encoder.layers.{n}.self_attn.out_proj.{kind*}")
                .Rename(blocks + "{n}.ln_{i}.{kind*}", "text_model.encoder.layers.{n}.layer_norm{i}.{kind*}")
                .Rename(blocks + "{n}.mlp.c_fc.{kind*}", "text_model.encoder.layers.{n}.mlp.fc1.{kind*}")
                .Rename(blocks + "{n}.mlp.c_proj.{kind*}", "text_model.encoder.layers.{n}.mlp.fc2.{kind*}");
        }

        map.Rename("token_embedding.weight", "text_model.embeddings.token_embedding.weight")
            .Rename("positional_embedding", "text_model.embeddings.position_embedding.weight")
            .Rename("ln_final.{kind*}", "text_model.final_layer_norm.{kind*}");
        if (config.ProjectionSize is null) map.Drop("text_projection").Drop("text_projection.weight");
        else map.Transpose("text_projection", "text_projection.weight");
        return map;
    }

    /// <summary>What has to be done to values on the way from transformers' layout to OpenCLIP's, beside stacking.</summary>
    public static WeightMap ToOpenClip { get; } = new WeightMap().Transpose("text_projection.weight", "text_projection.weight");

    /// <summary>A parameter of a text encoder in OpenCLIP's layout; null for keys and values, which are stacked below their queries.</summary>
    public static string? OfOpenClip(string name)
    {
        var p = name.Split('.');
        if (p is not ["text_model", "encoder", "layers", var layer, .. var rest])
            return name switch
            {
                "text_model.embeddings.token_embedding.weight" => "token_embedding.weight",
                "text_model.embeddings.position_embedding.weight" => "positional_embedding",
                "text_projection.weight" => "text_projection",
                _ => Join("ln_final", p, 2),
            };
        var part = rest switch
        {
            ["self_attn", "q_proj", var kind] => $"attn.in_proj_{kind}",
            ["self_attn", "k_proj" or "v_proj", _] => null,
            ["self_attn", "out_proj", var kind] => $"attn.out_proj.{kind}",
            ["mlp", var fc, var kind] => $"mlp.{(fc == "fc1" ? "c_fc" : "c_proj")}.{kind}",
            [var norm, var kind] => $"ln_{norm[^1]}.{kind}",
            _ => throw new ArgumentException($"'{name}' is no parameter of a text encoder.", nameof(name)),
        };
        return part is null ? null : $"transformer.resblocks.{layer}.{part}";
    }

    /// <summary>The parameters that are one in OpenCLIP's layout, in their order.</summary>
    public static IReadOnlyList<string> Stacked(string name) =>
        name.Contains(".q_proj.", StringComparison.Ordinal) ? [.. "qkv".Select(c => name.Replace(".q_proj.", $".{c}_proj.", StringComparison.Ordinal))] : [name];

    /// <summary>CLIP ViT-L is stored under transformers' names; the first files lack the "text_model." they begin with today.</summary>
    public static WeightMap Clip { get; } = new WeightMap()
        .Rename("embeddings.{part*}", "text_model.embeddings.{part*}")
        .Rename("encoder.{part*}", "text_model.encoder.{part*}")
        .Rename("final_layer_norm.{part*}", "text_model.final_layer_norm.{part*}");

    static string Part(string block, string[] p) => p[2] == "resnets" ? Join($"{block}.0.{unetResnet[p[4]]}", p, 5) : Join($"{block}.1", p, 4);

    static string Level(string level, string[] p) => p[3] switch
    {
        "downsamplers" => Join($"{level}.downsample.conv", p, 6),
        "upsamplers" => Join($"{level}.upsample.conv", p, 6),
        _ => Join($"{level}.block.{p[4]}.{VaeResnet(p[5])}", p, 6),
    };

    static string VaeResnet(string part) => part == "conv_shortcut" ? "nin_shortcut" : part;

    static string Join(string start, string[] parts, int from) => string.Join('.', [start, .. parts[from..]]);

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
