namespace MultiModal.Images;

/// <summary>A picture in memory: 8 bits a sample, rows from top to bottom, the channels of a pixel side by side.</summary>
/// <remarks>
/// One channel is grey (and what masks are), three are red, green and blue, four add alpha (straight, not premultiplied).
/// Sample (x, y, c) is <c>Pixels[(y * Width + x) * Channels + c]</c>. The samples can be written; size and channels never change.
/// </remarks>
public sealed class ImageBuffer
{
    static readonly IReadOnlyDictionary<string, string> NoText = new Dictionary<string, string>();
    readonly byte[] pixels;

    /// <summary>A black picture (transparent, where there is an alpha channel).</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 grey, 3 RGB (the default), 4 RGBA.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1, a number of channels that is none of these, or more than 2 GB of samples.</exception>
    public ImageBuffer(int width, int height, int channels = 3)
        : this(width, height, channels, new byte[SampleCount(width, height, channels)])
    {
    }

    /// <summary>A picture over samples that are there already; the array is taken over without a copy.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 grey, 3 RGB, 4 RGBA.</param>
    /// <param name="pixels">The samples, [height, width, channels].</param>
    /// <exception cref="ArgumentException">The array does not hold exactly that many samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1 or a number of channels that is none of these.</exception>
    public ImageBuffer(int width, int height, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var expected = SampleCount(width, height, channels);
        if (pixels.Length != expected)
            throw new ArgumentException($"A picture of {width}x{height} with {channels} channels takes {expected} bytes, not {pixels.Length}.", nameof(pixels));
        Width = width;
        Height = height;
        Channels = channels;
        this.pixels = pixels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples a pixel: 1 grey, 3 RGB, 4 RGBA.</summary>
    public int Channels { get; }

    /// <summary>Whether the last channel is alpha.</summary>
    public bool HasAlpha => Channels == 4;

    /// <summary>All samples, [height, width, channels].</summary>
    public Span<byte> Pixels => pixels;

    /// <summary>What the file says in words, by keyword ("parameters" holds how a generated picture was made). Empty by default.</summary>
    public IReadOnlyDictionary<string, string> Text { get; init; } = NoText;

    /// <summary>One row, [width, channels].</summary>
    /// <param name="y">The row, from 0 at the top.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<byte> Row(int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, Height);
        return pixels.AsSpan(y * Width * Channels, Width * Channels);
    }

    /// <summary>A copy with other words attached.</summary>
    /// <param name="text">The words by keyword.</param>
    /// <returns>A picture that shares this one's samples.</returns>
    public ImageBuffer WithText(IReadOnlyDictionary<string, string> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(Width, Height, Channels, pixels) { Text = text };
    }

    /// <summary>A rectangle cut out, as a picture of its own.</summary>
    /// <param name="x">Its left column.</param>
    /// <param name="y">Its top row.</param>
    /// <param name="width">Its columns, at least 1.</param>
    /// <param name="height">Its rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or reaches outside the picture.</exception>
    public ImageBuffer Crop(int x, int y, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, Width - x);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Height - y);
        var result = new ImageBuffer(width, height, Channels) { Text = Text };
        for (var row = 0; row < height; row++)
            Row(y + row).Slice(x * Channels, width * Channels).CopyTo(result.Row(row));
        return result;
    }

    /// <summary>The picture at another size. It follows the fixed-point arithmetic of Pillow's <c>Image.resize</c>, with antialiasing when it shrinks.</summary>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="height">New rows, at least 1.</param>
    /// <param name="filter">How samples between pixels are made; Lanczos by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1 or a filter that does not exist.</exception>
    public ImageBuffer Resize(int width, int height, ResizeFilter filter = ResizeFilter.Lanczos) =>
        ImageResizer.Resize(this, width, height, filter);

    /// <summary>The picture with another number of channels.</summary>
    /// <remarks>
    /// Grey spreads to all colours; colour becomes grey by the weights of ITU-R BT.601 (0.299, 0.587, 0.114), as Pillow does it;
    /// alpha is dropped, or added opaque. To blend alpha into a colour instead, see <see cref="Over"/>.
    /// </remarks>
    /// <param name="channels">1 grey, 3 RGB, 4 RGBA.</param>
    /// <returns>This picture when it already has that many, else a new one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number of channels that is none of these.</exception>
    public ImageBuffer WithChannels(int channels)
    {
        if (channels == Channels)
            return this;
        var result = new ImageBuffer(Width, Height, channels) { Text = Text };
        var target = result.Pixels;
        for (int from = 0, to = 0; from < pixels.Length; from += Channels, to += channels)
        {
            var (red, green, blue) = Channels == 1
                ? (pixels[from], pixels[from], pixels[from])
                : (pixels[from], pixels[from + 1], pixels[from + 2]);
            if (channels == 1)
            {
                // Pillow's L24: the three weights in 16.16 fixed point, rounded.
                target[to] = (byte)(((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16);
                continue;
            }

            (target[to], target[to + 1], target[to + 2]) = (red, green, blue);
            if (channels == 4)
                target[to + 3] = 255;
        }

        return result;
    }

    /// <summary>The picture laid over one colour, as RGB: transparent parts show the colour.</summary>
    /// <param name="red">The colour's red, 0 to 255.</param>
    /// <param name="green">Its green.</param>
    /// <param name="blue">Its blue.</param>
    public ImageBuffer Over(byte red, byte green, byte blue)
    {
        if (!HasAlpha)
            return WithChannels(3);
        var result = new ImageBuffer(Width, Height) { Text = Text };
        var target = result.Pixels;
        for (int from = 0, to = 0; from < pixels.Length; from += 4, to += 3)
        {
            int alpha = pixels[from + 3];
            target[to] = Blend(pixels[from], red, alpha);
            target[to + 1] = Blend(pixels[from + 1], green, alpha);
            target[to + 2] = Blend(pixels[from + 2], blue, alpha);
        }

        return result;
    }

    static byte Blend(int over, int under, int alpha) => (byte)(((over * alpha) + (under * (255 - alpha)) + 127) / 255);

    static int SampleCount(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 (grey), 3 (RGB) or 4 (RGBA) channels.");
        var count = (Int128)width * height * channels;
        if (count > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"A picture of {width}x{height} with {channels} channels takes more than {Array.MaxLength} bytes.");
        return (int)count;
    }
}
