namespace MultiModal.Diffusion.Networks;

/// <summary>The dimensions of a network that enlarges pictures (<see cref="Upscaler"/>).</summary>
public sealed record UpscalerConfig
{
    /// <summary>Blocks: 23 of Real-ESRGAN's large files, 6 of those for drawings. Default 23.</summary>
    public int Blocks { get; init; } = 23;

    /// <summary>Channels between blocks. Default 64.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Channels that each convolution of a dense block adds. Default 32.</summary>
    public int Growth { get; init; } = 32;

    /// <summary>By how much a picture is folded into channels before it goes in: 2 or 4 for files that enlarge less than 4 times. Default 1.</summary>
    public int Fold { get; init; } = 1;

    /// <summary>Doublings on the way out. Default 2.</summary>
    public int Doublings { get; init; } = 2;

    /// <summary>Whether it is the compact network of plain convolutions (SRVGG) instead of dense blocks; its last layer then enlarges by <see cref="Scale"/> at once.</summary>
    public bool IsCompact { get; init; }

    /// <summary>For the compact network: by how much it enlarges. Default 4.</summary>
    public int CompactScale { get; init; } = 4;

    /// <summary>How many times larger pictures become.</summary>
    public int Scale => IsCompact ? CompactScale : Math.Max(1, (1 << Doublings) / Fold);
}
