using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Networks;

/// <summary>The dimensions of a CLIP vision encoder, as vision_config in a config.json. Defaults are those of ViT-L/14.</summary>
public sealed record ClipVisionConfig
{
    /// <summary>Height and width of the picture. Default 224.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Height and width of a patch. Default 14.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Features of a patch. Default 1024.</summary>
    public int HiddenSize { get; init; } = 1024;

    /// <summary>Features between the two layers of the MLP. Default 4096.</summary>
    public int IntermediateSize { get; init; } = 4096;

    /// <summary>How many layers. Default 24.</summary>
    public int Layers { get; init; } = 24;

    /// <summary>How many attention heads. Default 16.</summary>
    public int Heads { get; init; } = 16;

    /// <summary>Whether the activation is QuickGELU. Default true.</summary>
    public bool QuickGelu { get; init; } = true;

    /// <summary>Added to the variance by layer normalisation. Default 1e-5.</summary>
    public float LayerNormEpsilon { get; init; } = 1e-5f;

    /// <summary>Features of the projected picture. Default 768.</summary>
    public int ProjectionSize { get; init; } = 768;

    internal static ClipVisionConfig From(ConfigFile file)
    {
        var projection = file.Size("projection_dim", 768);
        if (file.Find("vision_config") is { ValueKind: System.Text.Json.JsonValueKind.Object } inner) file = ConfigFile.Of(file.Path, inner);
        var activation = file.Text("hidden_act", "quick_gelu");
        if (activation is not ("quick_gelu" or "gelu")) throw file.Unsupported("hidden_act", activation);
        var config = new ClipVisionConfig
        {
            ImageSize = file.Size("image_size", 224, maximum: 2048),
            PatchSize = file.Size("patch_size", 32, maximum: 256),
            HiddenSize = file.Size("hidden_size", 768, maximum: 1 << 14),
            IntermediateSize = file.Size("intermediate_size", 3072, maximum: 1 << 16),
            Layers = file.Size("num_hidden_layers", 12, maximum: 256),
            Heads = file.Size("num_attention_heads", 12, maximum: 1024),
            QuickGelu = activation == "quick_gelu",
            LayerNormEpsilon = file.Float("layer_norm_eps", 1e-5f),
            ProjectionSize = projection,
        };
        if (config.HiddenSize % config.Heads != 0) throw file.Wrong("num_attention_heads", $"a divisor of {config.HiddenSize}");
        return config.ImageSize % config.PatchSize == 0 ? config : throw file.Wrong("patch_size", $"a divisor of {config.ImageSize}");
    }

    /// <summary>The same numbers for layers that text and vision share.</summary>
    internal ClipTextConfig ForLayers() => new()
    {
        HiddenSize = HiddenSize, IntermediateSize = IntermediateSize, Heads = Heads, QuickGelu = QuickGelu, LayerNormEpsilon = LayerNormEpsilon,
    };
}
