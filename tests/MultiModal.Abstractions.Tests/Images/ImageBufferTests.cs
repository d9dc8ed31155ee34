namespace MultiModal.Images.Tests;

public class ImageBufferTests
{
    [Fact]
    public void Sizes_and_arrays_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageBuffer(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageBuffer(1, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageBuffer(int.MaxValue, int.MaxValue, 4));
        Assert.Throws<ArgumentException>(() => new ImageBuffer(2, 2, 3, new byte[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageBuffer(2, 2).Row(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageBuffer(4, 4).Crop(3, 0, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageBuffer(4, 4).Crop(1, 0, int.MaxValue, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageBuffer(4, 4).Resize(1, 1, (ResizeFilter)9));
    }

    [Fact]
    public void A_crop_holds_the_rectangle()
    {
        var image = PngWritingTests.Photo(9, 7, 4, 200);
        var part = image.Crop(2, 3, 4, 2);
        for (var y = 0; y < 2; y++)
            Assert.Equal(image.Row(3 + y).Slice(8, 16).ToArray(), part.Row(y).ToArray());
    }

    [Fact]
    public void Channels_convert_both_ways()
    {
        var image = new ImageBuffer(2, 1, 4, [255, 0, 0, 128, 10, 20, 30, 255]);
        Assert.Equal([255, 0, 0, 10, 20, 30], image.WithChannels(3).Pixels.ToArray());
        Assert.Equal([76, 18], image.WithChannels(1).Pixels.ToArray());
        Assert.Equal([76, 76, 76, 255, 18, 18, 18, 255], image.WithChannels(1).WithChannels(4).Pixels.ToArray());
        Assert.Equal([255, 127, 127, 10, 20, 30], image.Over(255, 255, 255).Pixels.ToArray());
    }

    [Theory]
    [InlineData(ResizeFilter.Box)]
    [InlineData(ResizeFilter.Bilinear)]
    [InlineData(ResizeFilter.Bicubic)]
    [InlineData(ResizeFilter.Lanczos)]
    [InlineData(ResizeFilter.Nearest)]
    public void A_flat_picture_stays_flat(ResizeFilter filter)
    {
        var image = new ImageBuffer(13, 9, 4);
        image.Pixels.Fill(201);
        for (var i = 3; i < image.Pixels.Length; i += 4)
            image.Pixels[i] = 255;
        foreach (var (width, height) in new[] { (1, 1), (5, 30), (26, 4), (40, 40) })
        {
            var resized = image.Resize(width, height, filter);
            Assert.Equal((width, height), (resized.Width, resized.Height));
            for (var i = 0; i < resized.Pixels.Length; i++)
                Assert.Equal(i % 4 == 3 ? 255 : 201, resized.Pixels[i]);
        }
    }

    [Fact]
    public void Box_averages_whole_blocks()
    {
        var image = new ImageBuffer(4, 2, 1, [0, 10, 100, 102, 20, 30, 200, 202]);
        Assert.Equal([15, 151], image.Resize(2, 1, ResizeFilter.Box).Pixels.ToArray());
    }

    [Theory]
    [InlineData(ResizeFilter.Bilinear)]
    [InlineData(ResizeFilter.Bicubic)]
    [InlineData(ResizeFilter.Lanczos)]
    public void Weights_follow_the_filters_formula(ResizeFilter filter)
    {
        // One bright pixel shows the weights. Written down again here, in floating point, without the tables of the resizer.
        foreach (var (from, to) in new[] { (16, 40), (40, 16), (31, 7) })
        {
            var image = new ImageBuffer(from, 1, 1);
            image.Pixels[from / 2] = 255;
            var resized = image.Resize(to, 1, filter);
            var scale = (double)from / to;
            var stretch = Math.Max(1, scale);
            for (var x = 0; x < to; x++)
            {
                var centre = ((x + 0.5) * scale) - 0.5;
                var total = Enumerable.Range(0, from).Sum(i => Formula((i - centre) / stretch));
                var expected = Math.Clamp(255 * Formula(((from / 2) - centre) / stretch) / total, 0, 255);
                Assert.InRange(resized.Pixels[x], expected - 0.6, expected + 0.6);
            }
        }

        double Formula(double x)
        {
            x = Math.Abs(x);
            return filter switch
            {
                ResizeFilter.Bilinear => Math.Max(0, 1 - x),
                ResizeFilter.Bicubic when x < 1 => (1.5 * x * x * x) - (2.5 * x * x) + 1,
                ResizeFilter.Bicubic when x < 2 => (-0.5 * x * x * x) + (2.5 * x * x) - (4 * x) + 2,
                ResizeFilter.Lanczos when x == 0 => 1,
                ResizeFilter.Lanczos when x < 3 => 3 * Math.Sin(Math.PI * x) * Math.Sin(Math.PI * x / 3) / (Math.PI * Math.PI * x * x),
                _ => 0,
            };
        }
    }

    [Fact]
    public void Colours_under_transparency_do_not_bleed()
    {
        var image = new ImageBuffer(2, 1, 4, [255, 0, 0, 255, 0, 255, 0, 0]);
        var resized = image.Resize(1, 1, ResizeFilter.Box).Pixels.ToArray();
        Assert.Equal(0, resized[1]);
        Assert.InRange(resized[0], 253, 255);
        Assert.InRange(resized[3], 127, 128);
    }
}
