namespace MultiModal.Diffusion.Generation;

/// <summary>Drawing in overlapping tiles whose predictions are averaged at every step (MultiDiffusion, Bar-Tal et al. 2023): memory does not grow with the picture, and no tile is larger than the model knows.</summary>
public sealed record SamplingTiles
{
    /// <summary>Width and height of a tile in pixels. Default: null, the size the model was made for.</summary>
    public int? Size { get; init; }

    /// <summary>Pixels that neighbours share, less than a tile. Default: null, a quarter of a tile.</summary>
    public int? Overlap { get; init; }

    internal void Validate()
    {
        if (Size is < 8 or > 1 << 14) throw new ArgumentOutOfRangeException(nameof(Size), Size, "A tile has 8 to 16384 pixels a side.");
        if (Overlap is < 0 || Overlap >= Size) throw new ArgumentOutOfRangeException(nameof(Overlap), Overlap, "Tiles share 0 pixels or more, and fewer than they have.");
    }

    /// <summary>Where tiles begin along an axis, in latent elements: evenly spread, sharing at least the overlap, the first and the last at the ends.</summary>
    internal static int[] Starts(int length, int tile, int overlap)
    {
        if (length <= tile) return [0];
        var count = 1 + (int)Math.Ceiling((length - tile) / (double)Math.Max(1, tile - overlap));
        return [.. Enumerable.Range(0, count).Select(i => (int)Math.Round((double)i * (length - tile) / (count - 1)))];
    }
}
