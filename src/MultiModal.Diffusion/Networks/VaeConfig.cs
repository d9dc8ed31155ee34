using MultiModal.Diffusion.Checkpoints;

namespace MultiModal.Diffusion.Networks;

/// <summary>The dimensions of an AutoencoderKL, as in the config.json of vae/. Defaults are those of Stable Diffusion 1 and 2.</summary>
public sealed record VaeConfig
{
    /// <summary>Channels of a picture. Default 3.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of a decoded picture. Default 3.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Channels of a latent. Default 4.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Channels of each level. Default 128, 256, 512, 512.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [128, 256, 512, 512];

    /// <summary>Residual blocks of each level of the encoder; the decoder has one more. Default 2.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>Groups of group normalisation. Default 32.</summary>
    public int NormGroups { get; init; } = 32;

    /// <summary>What a latent is multiplied with to have unit variance. Default 0.18215; SDXL: 0.13025.</summary>
    public float ScalingFactor { get; init; } = 0.18215f;

    /// <summary>What is taken from a latent before it is scaled. Default 0.</summary>
    public float ShiftFactor { get; init; }

    /// <summary>Whether there is a 1x1 convolution after the encoder. Default true.</summary>
    public bool QuantConv { get; init; } = true;

    /// <summary>Whether there is a 1x1 convolution before the decoder. Default true.</summary>
    public bool PostQuantConv { get; init; } = true;

    /// <summary>Whether the middle has attention. Default true.</summary>
    public bool MidAttention { get; init; } = true;

    /// <summary>Pixels a latent's element stands for along each axis: 2 to the power of levels - 1.</summary>
    public int Factor => 1 << (BlockOutChannels.Count - 1);

    internal static VaeConfig From(ConfigFile file)
    {
        var config = new VaeConfig
        {
            InChannels = file.Size("in_channels", 3, maximum: 1024),
            OutChannels = file.Size("out_channels", 3, maximum: 1024),
            LatentChannels = file.Size("latent_channels", 4, maximum: 1024),
            BlockOutChannels = file.Sizes("block_out_channels", [64]),
            LayersPerBlock = file.Size("layers_per_block", 1, maximum: 16),
            NormGroups = file.Size("norm_num_groups", 32),
            ScalingFactor = file.Float("scaling_factor", 0.18215f),
            ShiftFactor = file.Float("shift_factor", 0),
            QuantConv = file.Bool("use_quant_conv", true),
            PostQuantConv = file.Bool("use_post_quant_conv", true),
            MidAttention = file.Bool("mid_block_add_attention", true),
        };
        if (config.BlockOutChannels.Any(c => c % config.NormGroups != 0)) throw file.Wrong("block_out_channels", $"multiples of norm_num_groups ({config.NormGroups})");
        if (!(config.ScalingFactor > 0)) throw file.Wrong("scaling_factor", "a positive number");
        foreach (var type in file.Texts("down_block_types", ["DownEncoderBlock2D"])) if (type != "DownEncoderBlock2D") throw file.Unsupported("down_block_types", type);
        foreach (var type in file.Texts("up_block_types", ["UpDecoderBlock2D"])) if (type != "UpDecoderBlock2D") throw file.Unsupported("up_block_types", type);
        if (file.Text("act_fn", "silu") is var act and not ("silu" or "swish")) throw file.Unsupported("act_fn", act);
        return config;
    }
}
