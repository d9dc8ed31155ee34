using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Safety;
using MultiModal.Images;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Safety;

public sealed class InvisibleWatermarkTests
{
    static ImageBuffer Picture(int width, int height, int channels = 3)
    {
        var image = new ImageBuffer(width, height, channels);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < channels; c++) image.Pixels[(((y * width) + x) * channels) + c] = (byte)(128 + (70 * Math.Sin((x * 0.11) + c) * Math.Cos((y * 0.07) - c)) + ((((x * 7) + (y * 13)) % 11) - 5));
        return image;
    }

    [Theory]
    [InlineData(256, 256, 3)]
    [InlineData(515, 301, 4)]
    public void A_mark_is_found_again_and_hardly_seen(int width, int height, int channels)
    {
        var mark = InvisibleWatermark.StableDiffusionXL;
        var plain = Picture(width, height, channels);
        Assert.False(mark.IsIn(plain));
        var marked = mark.Mark(plain);
        Assert.Equal(mark.Bits, InvisibleWatermark.Read(marked, 48));
        Assert.True(mark.IsIn(marked));
        Assert.False(new InvisibleWatermark([.. mark.Bits.Select(b => !b)]).IsIn(marked));
        Assert.Equal(channels, marked.Channels);

        var squares = 0.0;
        for (var i = 0; i < plain.Pixels.Length; i++) squares += Math.Pow(plain.Pixels[i] - marked.Pixels[i], 2);
        Assert.InRange(10 * Math.Log10(255.0 * 255 * plain.Pixels.Length / squares), 35, 100);
    }

    [Fact]
    public void A_mark_survives_noise()
    {
        var mark = InvisibleWatermark.Of(0xC0FFEE, 32);
        var marked = mark.Mark(Picture(320, 256));
        var random = new Random(3);
        for (var i = 0; i < marked.Pixels.Length; i++) marked.Pixels[i] = (byte)Math.Clamp(marked.Pixels[i] + random.Next(-2, 3), 0, 255);
        Assert.True(mark.IsIn(marked));
    }

    [Fact]
    public void Small_pictures_have_no_room()
    {
        Assert.False(InvisibleWatermark.StableDiffusionXL.Fits(48, 55));
        Assert.Throws<ArgumentException>(() => InvisibleWatermark.StableDiffusionXL.Mark(Picture(48, 55)));
    }

    [Fact]
    public async Task Finished_pictures_bear_the_mark_of_their_model_or_a_note()
    {
        var mark = InvisibleWatermark.Of(0b1011, 4);
        await using var model = await DiffusionModel.LoadAsync(Fixtures.PathOf("diffusion/models/tiny-sd15"), new() { Watermark = mark });
        var image = (await model.GenerateAsync(new("a red apple") { Seed = 7, Steps = 2, Width = 64, Height = 64 }))[0];
        Assert.Equal(mark.Bits, InvisibleWatermark.Read(image.Image, 4));
        Assert.Empty(image.Notes);
        Assert.Contains("Steps: 2", image.Image.Text[GenerationText.Key], StringComparison.Ordinal);
        Assert.Contains("watermark", Assert.Single((await model.GenerateAsync(new("a red apple") { Seed = 7, Steps = 2, Width = 8, Height = 16 }))[0].Notes), StringComparison.Ordinal);
    }
}
