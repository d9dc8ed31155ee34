namespace MultiModal.Diffusion.Training.Data;

/// <summary>
/// Sizes of about equal area and different shapes, so that pictures of any shape train without being squeezed or cut to a square. A batch
/// holds pictures of one bucket only. The sizes and the choice are those of kohya's scripts.
/// </summary>
public sealed class AspectBuckets
{
    readonly int area;
    readonly int step;
    readonly bool upscale;

    /// <summary>Lists the sizes.</summary>
    /// <param name="resolution">The side of the square whose area no bucket exceeds, in pixels.</param>
    /// <param name="step">Sides are multiples of it; a multiple of the model's own factor (8, as a rule). Default 64.</param>
    /// <param name="minimum">The shortest side. Default 256.</param>
    /// <param name="maximum">The longest side. Default 1024.</param>
    /// <param name="upscale">Whether small pictures are enlarged. Otherwise they make buckets of their own size, cut to multiples of the step. Default true.</param>
    /// <exception cref="ArgumentException">No bucket fits these limits.</exception>
    public AspectBuckets(int resolution, int step = 64, int minimum = 256, int maximum = 1024, bool upscale = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimum, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, minimum);
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, step);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(resolution, 1 << 14);
        (area, this.step, this.upscale) = (resolution * resolution, step, upscale);
        var sizes = new SortedSet<(int Width, int Height)>();
        var square = resolution / step * step;
        sizes.Add((square, square));
        for (var width = minimum; width <= maximum; width += step)
        {
            var height = Math.Min(maximum, area / width / step * step);
            if (height < minimum || width % step != 0) continue;
            sizes.Add((width, height));
            sizes.Add((height, width));
        }

        Sizes = [.. sizes];
    }

    AspectBuckets(int width, int height, int step)
    {
        (area, this.step, upscale) = (width * height, step, true);
        Sizes = [(width, height)];
    }

    /// <summary>The sizes, narrow ones first.</summary>
    public IReadOnlyList<(int Width, int Height)> Sizes { get; }

    /// <summary>One bucket for all: everything is scaled to cover it and cut.</summary>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    public static AspectBuckets Only(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return new(width, height, 1);
    }

    /// <summary>The bucket of a picture: the one whose shape is nearest.</summary>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    public BucketPlacement Place(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return upscale ? Cover(width, height) : Shrink(width, height);
    }

    BucketPlacement Cover(int width, int height)
    {
        var ratio = (double)width / height;
        var size = Sizes.Contains((width, height)) ? (width, height) : Sizes.MinBy(s => Math.Abs(((double)s.Width / s.Height) - ratio));
        var scale = ratio > (double)size.Item1 / size.Item2 ? (double)size.Item2 / height : (double)size.Item1 / width;
        return new(size.Item1, size.Item2, Math.Max(size.Item1, Rounded(width * scale)), Math.Max(size.Item2, Rounded(height * scale)));
    }

    /// <summary>Too large a picture is scaled down to the area, by the side whose rounding changes its shape least; then both sides are cut to multiples.</summary>
    BucketPlacement Shrink(int width, int height)
    {
        var (scaledWidth, scaledHeight) = (width, height);
        if ((long)width * height > area)
        {
            var ratio = (double)width / height;
            var exact = Math.Sqrt(area * ratio);
            var byWidth = Stepped(exact);
            var byHeight = Stepped(area / exact);
            var (heightOfWidth, widthOfHeight) = (Stepped(byWidth / ratio), Stepped(byHeight * ratio));
            var widthFits = Math.Abs((byWidth / (double)heightOfWidth) - ratio) < Math.Abs((widthOfHeight / (double)byHeight) - ratio);
            (scaledWidth, scaledHeight) = widthFits ? (byWidth, Rounded(byWidth / ratio)) : (Rounded(byHeight * ratio), byHeight);
        }

        return new(Math.Max(step, scaledWidth / step * step), Math.Max(step, scaledHeight / step * step), Math.Max(step, scaledWidth), Math.Max(step, scaledHeight));
    }

    static int Rounded(double length) => (int)(length + 0.5);

    /// <summary>Cut to a multiple of the step, and never to nothing.</summary>
    int Stepped(double length) => Math.Max(step, (int)(length + 0.5) / step * step);
}
