using MultiModal.Diffusion.Checkpoints;

namespace MultiModal.Diffusion.Text;

/// <summary>The dimensions of a CLIP text encoder, as in the config.json of text_encoder/. Defaults are those of CLIP ViT-L/14.</summary>
public sealed record ClipTextConfig
{
    /// <summary>How many tokens there are. Default 49408.</summary>
    public int VocabularySize { get; init; } = 49408;

    /// <summary>Features of a token. Default 768 (as in CLIP-L; transformers' own default is 512).</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Features between the two layers of the MLP. Default 3072.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>How many layers. Default 12.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>How many attention heads. Default 12.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>The length of a prompt in tokens. Default 77.</summary>
    public int MaximumTokens { get; init; } = 77;

    /// <summary>Whether the activation is QuickGELU (OpenAI's models) rather than GELU (OpenCLIP's). Default true.</summary>
    public bool QuickGelu { get; init; } = true;

    /// <summary>Added to the variance by layer normalisation. Default 1e-5.</summary>
    public float LayerNormEpsilon { get; init; } = 1e-5f;

    /// <summary>The id of the token that ends a prompt; 2 in old files, which mean "the largest id". Default 49407.</summary>
    public int EndToken { get; init; } = 49407;

    /// <summary>The length of the pooled output where it is projected; null without projection.</summary>
    public int? ProjectionSize { get; init; }

    internal static ClipTextConfig From(ConfigFile file)
    {
        // A file of a whole CLIP model has the text part inside.
        if (file.Find("text_config") is { ValueKind: System.Text.Json.JsonValueKind.Object } inner) file = ConfigFile.Of(file.Path, inner);
        var activation = file.Text("hidden_act", "quick_gelu");
        if (activation is not ("quick_gelu" or "gelu")) throw file.Unsupported("hidden_act", activation);
        var config = new ClipTextConfig
        {
            VocabularySize = file.Size("vocab_size", 49408, maximum: 1 << 22),
            HiddenSize = file.Size("hidden_size", 512),
            IntermediateSize = file.Size("intermediate_size", 2048),
            Layers = file.Size("num_hidden_layers", 12, maximum: 256),
            Heads = file.Size("num_attention_heads", 8, maximum: 1024),
            MaximumTokens = file.Size("max_position_embeddings", 77, minimum: 3, maximum: 1 << 14),
            QuickGelu = activation == "quick_gelu",
            LayerNormEpsilon = file.Float("layer_norm_eps", 1e-5f),
            EndToken = file.Int("eos_token_id", 49407),
            ProjectionSize = file.Texts("architectures", []).Contains("CLIPTextModelWithProjection") ? file.Size("projection_dim", 512) : null,
        };
        return config.HiddenSize % config.Heads == 0 ? config : throw file.Wrong("num_attention_heads", $"a divisor of {config.HiddenSize}");
    }
}
