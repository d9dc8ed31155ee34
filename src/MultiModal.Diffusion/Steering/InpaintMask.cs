using MultiModal.Images;

namespace MultiModal.Diffusion.Steering;

/// <summary>Where a picture is drawn anew, 0 to 1 a pixel.</summary>
sealed class InpaintMask
{
    InpaintMask(float[] values, int width, int height) => (Values, Width, Height) = (values, width, height);

    public float[] Values { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Reads a mask: the brightness of its pixels, times their opacity.</summary>
    public static InpaintMask Of(ImageBuffer image)
    {
        var values = new float[image.Width * image.Height];
        var channels = image.Channels;
        for (var i = 0; i < values.Length; i++)
        {
            var pixel = image.Pixels.Slice(i * channels, channels);
            var light = channels == 1 ? pixel[0] : ((299 * pixel[0]) + (587 * pixel[1]) + (114 * pixel[2])) / 1000f;
            values[i] = light * (channels == 4 ? pixel[^1] / 255f : 1) / 255f;
        }

        return new(values, image.Width, image.Height);
    }

    /// <summary>A mask of everything.</summary>
    public static InpaintMask Full(int width, int height)
    {
        var values = new float[width * height];
        values.AsSpan().Fill(1);
        return new(values, width, height);
    }

    /// <summary>Softened by a Gaussian whose standard deviation is <paramref name="radius"/> pixels.</summary>
    public InpaintMask Blur(int radius) => radius == 0 ? this : new(GaussianBlur.Apply(Values, Width, Height, radius), Width, Height);

    /// <summary>A part of it.</summary>
    public InpaintMask Crop(PixelBox box)
    {
        var values = new float[box.Width * box.Height];
        for (var y = 0; y < box.Height; y++) Values.AsSpan(((box.Top + y) * Width) + box.Left, box.Width).CopyTo(values.AsSpan(y * box.Width));
        return new(values, box.Width, box.Height);
    }

    /// <summary>At another size, by the mean of what each pixel covers or lies between.</summary>
    public InpaintMask Resize(int width, int height)
    {
        if ((width, height) == (Width, Height)) return this;
        var bytes = new ImageBuffer(Width, Height, 1, Array.ConvertAll(Values, v => (byte)MathF.Round(Math.Clamp(v, 0, 1) * 255)));
        var resized = bytes.Resize(width, height, width < Width ? ResizeFilter.Box : ResizeFilter.Bilinear);
        return new(Array.ConvertAll(resized.Pixels.ToArray(), v => v / 255f), width, height);
    }

    /// <summary>Hard-edged at the size of latents: 1 where half of an element or more is to be drawn.</summary>
    public float[] ToLatents(int factor)
    {
        var (columns, rows) = (Width / factor, Height / factor);
        var mask = new float[columns * rows];
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++) mask[(y / factor * columns) + (x / factor)] += Values[(y * Width) + x];
        for (var i = 0; i < mask.Length; i++) mask[i] = mask[i] >= factor * factor * 0.5f ? 1 : 0;
        return mask;
    }

    /// <summary>The smallest box around all that is not 0; null where there is nothing.</summary>
    public PixelBox? Bounds()
    {
        var (left, top, right, bottom) = (Width, Height, -1, -1);
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
            {
                if (Values[(y * Width) + x] <= 0) continue;
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            }

        return right < 0 ? null : new(left, top, right - left + 1, bottom - top + 1);
    }
}
