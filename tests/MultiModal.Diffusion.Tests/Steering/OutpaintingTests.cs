using MultiModal.Diffusion.Steering;
using MultiModal.Images;

namespace MultiModal.Diffusion.Tests.Steering;

public sealed class OutpaintingTests
{
    [Fact]
    public void The_picture_lies_in_the_middle_and_the_mask_around_it()
    {
        var image = new ImageBuffer(10, 6);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i + 1);
        var (init, mask) = Outpainting.Extend(image, 4, 3, 0, 2, overlap: 1);
        Assert.Equal((14, 11), (init.Width, init.Height));
        Assert.Equal((14, 11), (mask.Width, mask.Height));
        for (var y = 0; y < 6; y++) Assert.True(init.Row(y + 3)[(4 * 3)..].SequenceEqual(image.Row(y)));
        Assert.True(init.Row(0)[(4 * 3)..].SequenceEqual(image.Row(0)));
        Assert.True(init.Row(10)[..3].SequenceEqual(image.Row(5)[..3]));

        // Without anything to add on the right, that edge stays.
        for (var y = 0; y < 11; y++)
            for (var x = 0; x < 14; x++) Assert.Equal(x < 5 || y < 4 || y >= 8 ? 255 : 0, mask.Row(y)[x]);
    }
}
