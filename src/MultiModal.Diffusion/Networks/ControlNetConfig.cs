using MultiModal.Diffusion.Checkpoints;

namespace MultiModal.Diffusion.Networks;

/// <summary>The dimensions of a ControlNet, as in its config.json.</summary>
public sealed record ControlNetConfig
{
    /// <summary>The dimensions it shares with the UNet it controls (the way up is not there).</summary>
    public UNetConfig UNet { get; init; } = new();

    /// <summary>Channels of the condition. Default 3.</summary>
    public int ConditionChannels { get; init; } = 3;

    /// <summary>Channels of each level of the condition's own network. Default 16, 32, 96, 256.</summary>
    public IReadOnlyList<int> ConditionBlocks { get; init; } = [16, 32, 96, 256];

    /// <summary>Whether the condition's channels are blue, green, red. Default false.</summary>
    public bool BlueFirst { get; init; }

    /// <summary>Whether residuals are averaged over the picture ("shuffle" models). Default false.</summary>
    public bool PoolsGlobally { get; init; }

    /// <summary>Pixels of the condition for each element of a latent: 2 to the power of the condition's levels - 1.</summary>
    public int ConditionFactor => 1 << (ConditionBlocks.Count - 1);

    internal static ControlNetConfig From(ConfigFile file)
    {
        // The file has no up_block_types; the defaults would contradict its number of levels.
        var levels = file.Sizes("block_out_channels", [320, 640, 1280, 1280]).Count;
        return new()
        {
            UNet = UNetConfig.From(file, upLevels: levels),
            ConditionChannels = file.Size("conditioning_channels", 3, maximum: 64),
            ConditionBlocks = file.Sizes("conditioning_embedding_out_channels", [16, 32, 96, 256], maximum: 1 << 14),
            BlueFirst = file.Text("controlnet_conditioning_channel_order", "rgb") switch
            {
                "rgb" => false,
                "bgr" => true,
                var other => throw file.Unsupported("controlnet_conditioning_channel_order", other),
            },
            PoolsGlobally = file.Bool("global_pool_conditions", false),
        };
    }
}
