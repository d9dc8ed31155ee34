namespace MultiModal.Images.Png;

/// <summary>What IHDR says, checked, and the sizes that follow from it.</summary>
readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColorType ColorType, bool Interlaced)
{
    /// <summary>Samples a pixel in the file.</summary>
    public int Samples => ColorType switch
    {
        PngColorType.Rgb => 3,
        PngColorType.GrayAlpha => 2,
        PngColorType.Rgba => 4,
        _ => 1,
    };

    /// <summary>Bits a pixel in the file.</summary>
    public int BitsPerPixel => Samples * BitDepth;

    /// <summary>The distance filters look back, in bytes.</summary>
    public int FilterDistance => Math.Max(1, BitsPerPixel / 8);

    /// <summary>Bytes of a packed row, without its filter byte.</summary>
    public long RowBytes(int width) => (((long)width * BitsPerPixel) + 7) / 8;

    /// <summary>All bytes of the inflated image data, filter bytes among them.</summary>
    public long InflatedBytes()
    {
        if (!Interlaced)
            return Height * (RowBytes(Width) + 1);
        var total = 0L;
        foreach (var pass in PngPass.All)
        {
            var (columns, rows) = pass.Size(Width, Height);
            if (columns > 0)
                total += rows * (RowBytes(columns) + 1);
        }

        return total;
    }
}

/// <summary>The colour types of PNG.</summary>
enum PngColorType
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}

/// <summary>One pass of Adam7 interlacing: the pixels it holds start at (X, Y) and lie StepX and StepY apart.</summary>
readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    /// <summary>The seven passes (PNG specification, section 8.2).</summary>
    public static ReadOnlySpan<PngPass> All => Passes;

    /// <summary>A picture without interlacing is one pass over everything.</summary>
    public static PngPass Whole => new(0, 0, 1, 1);

    static readonly PngPass[] Passes =
    [
        new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2),
    ];

    /// <summary>Columns and rows of the pass in a picture of this size; both may be 0.</summary>
    public (int Columns, int Rows) Size(int width, int height) => (Count(width, X, StepX), Count(height, Y, StepY));

    static int Count(int length, int start, int step) => length <= start ? 0 : ((length - start - 1) / step) + 1;
}
