using MultiModal.Diffusion.Checkpoints;

namespace MultiModal.Diffusion.Networks;

/// <summary>The dimensions of a tiny autoencoder (TAESD), as in the config.json of diffusers' AutoencoderTiny. Defaults are the published model's.</summary>
public sealed record TinyAutoencoderConfig
{
    /// <summary>Channels of a latent: 4, or 16 for those of Stable Diffusion 3 and Flux. Default 4.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Channels of each level of the encoder. Default 64.</summary>
    public IReadOnlyList<int> EncoderChannels { get; init; } = [64, 64, 64, 64];

    /// <summary>Channels of each level of the decoder. Default 64.</summary>
    public IReadOnlyList<int> DecoderChannels { get; init; } = [64, 64, 64, 64];

    /// <summary>Residual blocks of each level of the encoder. Default 1, 3, 3, 3.</summary>
    public IReadOnlyList<int> EncoderBlocks { get; init; } = [1, 3, 3, 3];

    /// <summary>Residual blocks of each level of the decoder. Default 3, 3, 3, 1.</summary>
    public IReadOnlyList<int> DecoderBlocks { get; init; } = [3, 3, 3, 1];

    /// <summary>Pixels a latent's element stands for along each axis: 2 to the power of levels - 1.</summary>
    public int Factor => 1 << (DecoderChannels.Count - 1);

    internal static TinyAutoencoderConfig From(ConfigFile file)
    {
        var config = new TinyAutoencoderConfig
        {
            LatentChannels = file.Size("latent_channels", 4, maximum: 1024),
            EncoderChannels = file.Sizes("encoder_block_out_channels", [64, 64, 64, 64], maximum: 1 << 12),
            DecoderChannels = file.Sizes("decoder_block_out_channels", [64, 64, 64, 64], maximum: 1 << 12),
            EncoderBlocks = file.Sizes("num_encoder_blocks", [1, 3, 3, 3], maximum: 64),
            DecoderBlocks = file.Sizes("num_decoder_blocks", [3, 3, 3, 1], maximum: 64),
        };
        if (config.EncoderBlocks.Count != config.EncoderChannels.Count) throw file.Wrong("num_encoder_blocks", $"{config.EncoderChannels.Count} numbers");
        if (config.DecoderBlocks.Count != config.DecoderChannels.Count) throw file.Wrong("num_decoder_blocks", $"{config.DecoderChannels.Count} numbers");
        if (config.EncoderChannels.Distinct().Count() > 1) throw file.Unsupported("encoder_block_out_channels", string.Join(", ", config.EncoderChannels));
        if (config.DecoderChannels.Distinct().Count() > 1) throw file.Unsupported("decoder_block_out_channels", string.Join(", ", config.DecoderChannels));
        if (file.Text("act_fn", "relu") is var act and not "relu") throw file.Unsupported("act_fn", act);
        if (file.Size("upsampling_scaling_factor", 2) != 2) throw file.Wrong("upsampling_scaling_factor", "2");
        return config;
    }
}
