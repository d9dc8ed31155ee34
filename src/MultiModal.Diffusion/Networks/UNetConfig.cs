using MultiModal.Diffusion.Checkpoints;

namespace MultiModal.Diffusion.Networks;

/// <summary>The dimensions of a UNet2DConditionModel, as in the config.json of unet/. Defaults are diffusers' (which are nobody's model).</summary>
public sealed record UNetConfig
{
    /// <summary>Latent height and width the model was made for; pixels are 8 times as many. Default 64.</summary>
    public int SampleSize { get; init; } = 64;

    /// <summary>Channels in: 4, or 9 for inpainting, 8 for pix2pix. Default 4.</summary>
    public int InChannels { get; init; } = 4;

    /// <summary>Channels out. Default 4.</summary>
    public int OutChannels { get; init; } = 4;

    /// <summary>Whether the timestep's cosines come before its sines. Default true.</summary>
    public bool FlipSinToCos { get; init; } = true;

    /// <summary>Shifts the timestep's frequencies. Default 0.</summary>
    public float FrequencyShift { get; init; }

    /// <summary>For each level going down, whether it has cross-attention.</summary>
    public IReadOnlyList<bool> DownHasAttention { get; init; } = [true, true, true, false];

    /// <summary>For each level going up, whether it has cross-attention.</summary>
    public IReadOnlyList<bool> UpHasAttention { get; init; } = [false, true, true, true];

    /// <summary>Channels of each level.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [320, 640, 1280, 1280];

    /// <summary>Residual blocks of each level going down; one more going up. Default 2.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>Transformer blocks in each attention of a level. Default 1.</summary>
    public IReadOnlyList<int> TransformerLayers { get; init; } = [1, 1, 1, 1];

    /// <summary>Attention heads of each level. The file calls it attention_head_dim. Default 8.</summary>
    public IReadOnlyList<int> Heads { get; init; } = [8, 8, 8, 8];

    /// <summary>Features of the text. Default 1280.</summary>
    public int CrossAttentionSize { get; init; } = 1280;

    /// <summary>Groups of group normalisation. Default 32.</summary>
    public int NormGroups { get; init; } = 32;

    /// <summary>Added to the variance in residual blocks. Default 1e-5.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Whether the projections around attention are linear layers rather than 1x1 convolutions. Default false.</summary>
    public bool LinearProjection { get; init; }

    /// <summary>Zeros around a picture before it is halved. Default 1.</summary>
    public int DownsamplePadding { get; init; } = 1;

    /// <summary>Features of each of SDXL's size conditions; null for models without them.</summary>
    public int? AdditionTimeSize { get; init; }

    /// <summary>Features into SDXL's added embedding: pooled text and size conditions together.</summary>
    public int AdditionInputs { get; init; }

    /// <summary>Features of the guidance embedding of LCM models; null for others.</summary>
    public int? GuidanceEmbeddingSize { get; init; }

    /// <summary>How many size conditions there are: six, for SDXL's refiner five (the last is a score), null for models without them.</summary>
    internal int? SizeNumbers => AdditionTimeSize is not { } features ? null : AdditionInputs - (5 * features) == CrossAttentionSize ? 5 : 6;

    internal static UNetConfig From(ConfigFile file, int? upLevels = null)
    {
        var channels = file.Sizes("block_out_channels", [320, 640, 1280, 1280]);
        var levels = channels.Count;
        var config = new UNetConfig
        {
            SampleSize = file.Size("sample_size", 64),
            InChannels = file.Size("in_channels", 4, maximum: 1024),
            OutChannels = file.Size("out_channels", 4, maximum: 1024),
            FlipSinToCos = file.Bool("flip_sin_to_cos", true),
            FrequencyShift = file.Float("freq_shift", 0),
            BlockOutChannels = channels,
            DownHasAttention = Attention(file, "down_block_types", ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"], levels),
            UpHasAttention = upLevels is { } count ? [.. Enumerable.Repeat(false, count)] : Attention(file, "up_block_types", ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"], levels),
            LayersPerBlock = file.Size("layers_per_block", 2, maximum: 16),
            TransformerLayers = file.SizeForEach("transformer_layers_per_block", levels, maximum: 64) ?? [.. Enumerable.Repeat(1, levels)],
            Heads = file.SizeForEach("num_attention_heads", levels) ?? file.SizeForEach("attention_head_dim", levels) ?? [.. Enumerable.Repeat(8, levels)],
            CrossAttentionSize = file.Size("cross_attention_dim", 1280),
            NormGroups = file.Size("norm_num_groups", 32),
            NormEpsilon = file.Float("norm_eps", 1e-5f),
            LinearProjection = file.Bool("use_linear_projection", false),
            DownsamplePadding = file.Size("downsample_padding", 1, minimum: 0, maximum: 1),
            AdditionTimeSize = file.TextOrNull("addition_embed_type") is "text_time" ? file.Size("addition_time_embed_dim", 256) : null,
            AdditionInputs = file.Size("projection_class_embeddings_input_dim", 2816),
            GuidanceEmbeddingSize = file.IntOrNull("time_cond_proj_dim"),
        };
        Only(file, "act_fn", "silu", "swish");
        Only(file, "mid_block_type", "UNetMidBlock2DCrossAttn");
        Only(file, "resnet_time_scale_shift", "default");
        Only(file, "time_embedding_type", "positional");
        Only(file, "addition_embed_type", "text_time");
        foreach (var key in (ReadOnlySpan<string>)["class_embed_type", "encoder_hid_dim_type", "num_class_embeds"])
            if (file.Has(key)) throw file.Unsupported(key, file.Find(key)!.Value.ToString());
        foreach (var key in (ReadOnlySpan<string>)["dual_cross_attention", "only_cross_attention", "center_input_sample"])
            if (file.Bool(key, false)) throw file.Unsupported(key, "true");
        for (var i = 0; i < levels; i++)
        {
            if (channels[i] % config.NormGroups != 0) throw file.Wrong("block_out_channels", $"multiples of norm_num_groups ({config.NormGroups})");
            if (channels[i] % config.Heads[i] != 0) throw file.Wrong("attention_head_dim", $"divisors of the channels [{string.Join(", ", channels)}]");
        }

        return config;
    }

    static void Only(ConfigFile file, string key, params ReadOnlySpan<string> supported)
    {
        if (file.TextOrNull(key) is { } value && !supported.Contains(value)) throw file.Unsupported(key, value);
    }

    static IReadOnlyList<bool> Attention(ConfigFile file, string key, IReadOnlyList<string> fallback, int levels)
    {
        var types = file.Texts(key, fallback);
        if (types.Count != levels) throw file.Wrong(key, $"a list of {levels} names");
        return [.. types.Select(t => t is "CrossAttnDownBlock2D" or "CrossAttnUpBlock2D" ? true : t is "DownBlock2D" or "UpBlock2D" ? false : throw file.Unsupported(key, t))];
    }
}
