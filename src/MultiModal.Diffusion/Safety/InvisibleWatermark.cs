using MultiModal.Images;

namespace MultiModal.Diffusion.Safety;

/// <summary>
/// Bits in a picture that the eye does not see and programs find again: the mark of Stability AI's and diffusers' pictures ("dwtDct" of the Python
/// package invisible-watermark), so that its readers read it. It survives PNG and noise, not cropping, resizing or strong JPEG compression.
/// </summary>
/// <remarks>
/// One bit in each square of eight by eight pixels, over and over: the largest but the first of the sixteen coarse Haar coefficients of a colour
/// difference (U) is moved to a quarter, or three quarters, of a step of 36.
/// </remarks>
public sealed class InvisibleWatermark
{
    const float Step = 36;
    const int Square = 8;
    readonly bool[] bits;

    /// <summary>Makes a mark.</summary>
    /// <param name="bits">Its bits, 1 to 4096.</param>
    /// <exception cref="ArgumentException">There are none, or too many.</exception>
    public InvisibleWatermark(params IReadOnlyList<bool> bits)
    {
        ArgumentNullException.ThrowIfNull(bits);
        if (bits.Count is < 1 or > 4096) throw new ArgumentException("A watermark has 1 to 4096 bits.", nameof(bits));
        this.bits = [.. bits];
    }

    /// <summary>The 48 bits that diffusers and Stability AI mark pictures of SDXL with.</summary>
    public static InvisibleWatermark StableDiffusionXL { get; } = Of(0b101100111110110010010000011110111011000110011110, 48);

    /// <summary>The bits.</summary>
    public IReadOnlyList<bool> Bits => bits;

    /// <summary>A mark of a number, its highest bit first.</summary>
    /// <param name="number">The number.</param>
    /// <param name="count">How many bits, 1 to 64.</param>
    public static InvisibleWatermark Of(ulong number, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 64);
        return new([.. Enumerable.Range(0, count).Select(i => ((number >> (count - 1 - i)) & 1) == 1)]);
    }

    /// <summary>Whether a picture has room for each bit at least once.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public bool Fits(int width, int height) => (long)(width / Square) * (height / Square) >= bits.Length;

    /// <summary>A marked copy of a picture, with its texts.</summary>
    /// <param name="image">The picture.</param>
    /// <exception cref="ArgumentException">It is too small (<see cref="Fits"/>).</exception>
    public ImageBuffer Mark(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!Fits(image.Width, image.Height))
            throw new ArgumentException($"A picture of {image.Width}x{image.Height} has no room for {bits.Length} bits: each takes {Square}x{Square} pixels.", nameof(image));
        var marked = image.WithChannels(image.HasAlpha ? 4 : 3).Crop(0, 0, image.Width, image.Height);
        var (squares, number) = (image.Width / Square, 0);
        var coarse = new float[16];
        for (var row = 0; row < image.Height / Square; row++)
            for (var column = 0; column < squares; column++)
            {
                ReadSquare(marked, row * Square, column * Square, coarse);
                var at = Largest(coarse);
                var size = Math.Abs(coarse[at]);
                var moved = (MathF.Floor(size / Step) + 0.25f + (bits[number++ % bits.Length] ? 0.5f : 0)) * Step;

                // A coarse coefficient is half the sum of its four pixels: each moves by half of what it moves.
                MovePixels(marked, (row * Square) + (at / 4 * 2), (column * Square) + (at % 4 * 2), (coarse[at] < 0 ? size - moved : moved - size) / 2);
            }

        return marked.WithText(image.Text);
    }

    /// <summary>Reads a mark.</summary>
    /// <param name="image">A picture, perhaps marked.</param>
    /// <param name="count">How many bits the mark has.</param>
    /// <returns>
    /// The bits, each decided by most of the squares that hold it. A picture without a mark gives bits as well: compare them with those expected
    /// (<see cref="IsIn"/>).
    /// </returns>
    public static IReadOnlyList<bool> Read(ImageBuffer image, int count)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var (votes, squares, number) = (new int[count], image.Width / Square, 0);
        var coarse = new float[16];
        for (var row = 0; row < image.Height / Square; row++)
            for (var column = 0; column < squares; column++)
            {
                ReadSquare(image, row * Square, column * Square, coarse);
                votes[number++ % count] += Math.Abs(coarse[Largest(coarse)]) % Step > Step / 2 ? 1 : -1;
            }

        return [.. votes.Select(v => v > 0)];
    }

    /// <summary>Whether a picture bears this mark: at most one bit in ten is read otherwise.</summary>
    /// <param name="image">The picture.</param>
    public bool IsIn(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Fits(image.Width, image.Height) && Read(image, bits.Length).Zip(bits).Count(b => b.First != b.Second) <= bits.Length / 10;
    }

    /// <summary>The sixteen coarse Haar coefficients of U over a square: half the sum of two by two pixels each.</summary>
    static void ReadSquare(ImageBuffer image, int top, int left, float[] coarse)
    {
        Array.Clear(coarse);
        for (var y = 0; y < Square; y++)
            for (var x = 0; x < Square; x++) coarse[(y / 2 * 4) + (x / 2)] += U(image, top + y, left + x) / 2;
    }

    static int Largest(float[] coarse)
    {
        var at = 1;
        for (var i = 2; i < coarse.Length; i++)
            if (Math.Abs(coarse[i]) > Math.Abs(coarse[at])) at = i;
        return at;
    }

    /// <summary>U of OpenCV's YUV, rounded as it stores it: 0.492 (B - Y) + 128.</summary>
    static float U(ImageBuffer image, int y, int x)
    {
        var (red, green, blue) = Colour(image, y, x);
        return Math.Clamp(MathF.Round((0.492f * (blue - Luma(red, green, blue))) + 128), 0, 255);
    }

    /// <summary>Moves U of two by two pixels, their brightness and other colour difference kept.</summary>
    static void MovePixels(ImageBuffer image, int top, int left, float by)
    {
        for (var y = top; y < top + 2; y++)
            for (var x = left; x < left + 2; x++)
            {
                var (red, green, blue) = Colour(image, y, x);
                var luma = Luma(red, green, blue);
                var (u, v) = (U(image, y, x) + by - 128, 0.877f * (red - luma));
                var pixel = image.Row(y).Slice(x * image.Channels, 3);
                pixel[0] = ToByte(luma + (1.14f * v));
                pixel[1] = ToByte(luma - (0.395f * u) - (0.581f * v));
                pixel[2] = ToByte(luma + (2.032f * u));
            }

        static byte ToByte(float value) => (byte)Math.Clamp(MathF.Round(value), 0, 255);
    }

    static (float Red, float Green, float Blue) Colour(ImageBuffer image, int y, int x)
    {
        var pixel = image.Row(y)[(x * image.Channels)..];
        return image.Channels == 1 ? (pixel[0], pixel[0], pixel[0]) : (pixel[0], pixel[1], pixel[2]);
    }

    static float Luma(float red, float green, float blue) => (0.299f * red) + (0.587f * green) + (0.114f * blue);
}
