using System.Buffers;

namespace MultiModal.Images;

/// <summary>Separable resampling with the arithmetic of Pillow: 22-bit fixed point, rows first, rounded to bytes between the passes.</summary>
static class ImageResizer
{
    const int Precision = 32 - 8 - 2;

    public static ImageBuffer Resize(ImageBuffer source, int width, int height, ResizeFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (!Enum.IsDefined(filter))
            throw new ArgumentOutOfRangeException(nameof(filter), filter, "There is no such filter.");
        if (width == source.Width && height == source.Height)
            return source.Crop(0, 0, width, height);
        if (filter == ResizeFilter.Nearest)
            return Nearest(source, width, height);

        // Colours under transparency must not bleed: weigh them by alpha while they are mixed.
        if (source.HasAlpha)
            return Unpremultiply(Mix(Premultiply(source), width, height, filter));
        return Mix(source, width, height, filter);
    }

    static ImageBuffer Nearest(ImageBuffer source, int width, int height)
    {
        var result = new ImageBuffer(width, height, source.Channels) { Text = source.Text };
        var (scaleX, scaleY) = ((double)source.Width / width, (double)source.Height / height);
        for (var y = 0; y < height; y++)
        {
            var from = source.Row(Math.Min((int)((y + 0.5) * scaleY), source.Height - 1));
            var to = result.Row(y);
            for (var x = 0; x < width; x++)
            {
                var column = Math.Min((int)((x + 0.5) * scaleX), source.Width - 1);
                from.Slice(column * source.Channels, source.Channels).CopyTo(to[(x * source.Channels)..]);
            }
        }

        return result;
    }

    static ImageBuffer Mix(ImageBuffer source, int width, int height, ResizeFilter filter)
    {
        var image = source;
        if (width != image.Width)
            image = Horizontal(image, new Kernel(image.Width, width, filter));
        if (height != image.Height)
            image = Vertical(image, new Kernel(image.Height, height, filter));
        return image;
    }

    static ImageBuffer Horizontal(ImageBuffer source, Kernel kernel)
    {
        var channels = source.Channels;
        var result = new ImageBuffer(kernel.Length, source.Height, channels) { Text = source.Text };
        for (var y = 0; y < source.Height; y++)
        {
            var from = source.Row(y);
            var to = result.Row(y);
            for (var x = 0; x < kernel.Length; x++)
            {
                var weights = kernel.Weights(x);
                var first = kernel.First(x) * channels;
                for (var c = 0; c < channels; c++)
                {
                    var sum = 1 << (Precision - 1);
                    for (int k = 0, at = first + c; k < weights.Length; k++, at += channels)
                        sum += from[at] * weights[k];
                    to[(x * channels) + c] = Clip(sum);
                }
            }
        }

        return result;
    }

    static ImageBuffer Vertical(ImageBuffer source, Kernel kernel)
    {
        var result = new ImageBuffer(source.Width, kernel.Length, source.Channels) { Text = source.Text };
        var length = source.Width * source.Channels;
        var sums = ArrayPool<int>.Shared.Rent(length);
        for (var y = 0; y < kernel.Length; y++)
        {
            var total = sums.AsSpan(0, length);
            total.Fill(1 << (Precision - 1));
            var weights = kernel.Weights(y);
            for (var k = 0; k < weights.Length; k++)
            {
                var from = source.Row(kernel.First(y) + k);
                var weight = weights[k];
                for (var i = 0; i < total.Length; i++)
                    total[i] += from[i] * weight;
            }

            var to = result.Row(y);
            for (var i = 0; i < total.Length; i++)
                to[i] = Clip(total[i]);
        }

        ArrayPool<int>.Shared.Return(sums);
        return result;
    }

    static byte Clip(int sum) => (byte)Math.Clamp(sum >> Precision, 0, 255);

    static ImageBuffer Premultiply(ImageBuffer source)
    {
        var result = new ImageBuffer(source.Width, source.Height, 4, source.Pixels.ToArray()) { Text = source.Text };
        var p = result.Pixels;
        for (var i = 0; i < p.Length; i += 4)
        {
            for (var c = 0; c < 3; c++)
            {
                var product = (p[i + c] * p[i + 3]) + 128;
                p[i + c] = (byte)(((product >> 8) + product) >> 8);
            }
        }

        return result;
    }

    static ImageBuffer Unpremultiply(ImageBuffer image)
    {
        var p = image.Pixels;
        for (var i = 0; i < p.Length; i += 4)
        {
            int alpha = p[i + 3];
            if (alpha is 0 or 255)
                continue;
            for (var c = 0; c < 3; c++)
                p[i + c] = (byte)Math.Min(255, 255 * p[i + c] / alpha);
        }

        return image;
    }

    /// <summary>For each output position: the first input it takes from, and the weights of that and the following ones.</summary>
    sealed class Kernel
    {
        readonly int[] firsts;
        readonly int[] counts;
        readonly int[] weights;
        readonly int stride;

        public Kernel(int input, int output, ResizeFilter filter)
        {
            var scale = (double)input / output;
            var stretch = Math.Max(scale, 1.0);
            var support = Support(filter) * stretch;
            stride = ((int)Math.Ceiling(support) * 2) + 1;
            Length = output;
            firsts = new int[output];
            counts = new int[output];
            weights = new int[checked(output * stride)];
            var row = new double[stride];
            for (var i = 0; i < output; i++)
            {
                var centre = (i + 0.5) * scale;
                var first = Math.Max((int)(centre - support + 0.5), 0);
                var count = Math.Min((int)(centre + support + 0.5), input) - first;
                var total = 0.0;
                for (var k = 0; k < count; k++)
                    total += row[k] = Weight(filter, (k + first - centre + 0.5) / stretch);
                for (var k = 0; k < count; k++)
                {
                    var weight = (total == 0.0 ? row[k] : row[k] / total) * (1 << Precision);
                    weights[(i * stride) + k] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
                }

                (firsts[i], counts[i]) = (first, count);
            }
        }

        public int Length { get; }

        public int First(int i) => firsts[i];

        public ReadOnlySpan<int> Weights(int i) => weights.AsSpan(i * stride, counts[i]);

        static double Support(ResizeFilter filter) => filter switch
        {
            ResizeFilter.Box => 0.5,
            ResizeFilter.Bilinear => 1.0,
            ResizeFilter.Bicubic => 2.0,
            _ => 3.0,
        };

        static double Weight(ResizeFilter filter, double x)
        {
            switch (filter)
            {
                case ResizeFilter.Box:
                    return x is > -0.5 and <= 0.5 ? 1.0 : 0.0;
                case ResizeFilter.Bilinear:
                    return Math.Max(0.0, 1.0 - Math.Abs(x));
                case ResizeFilter.Bicubic:
                    const double A = -0.5;
                    x = Math.Abs(x);
                    if (x < 1.0)
                        return (((A + 2.0) * x) - (A + 3.0)) * x * x + 1.0;
                    return x < 2.0 ? ((((x - 5.0) * x) + 8.0) * x - 4.0) * A : 0.0;
                default:
                    return x is >= -3.0 and < 3.0 ? Sinc(x) * Sinc(x / 3.0) : 0.0;
            }
        }

        static double Sinc(double x)
        {
            if (x == 0.0)
                return 1.0;
            x *= Math.PI;
            return Math.Sin(x) / x;
        }
    }
}
