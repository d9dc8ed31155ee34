using MultiModal.Diffusion.Training.Data;

namespace MultiModal.Diffusion.Tests.Training;

public sealed class AspectBucketsTests
{
    static readonly AspectBuckets Usual = new(512);

    [Fact]
    public void The_sizes_are_those_of_kohyas_scripts()
    {
        Assert.Equal(
            [(256, 1024), (320, 768), (384, 640), (448, 576), (512, 512), (576, 448), (640, 384), (704, 320), (768, 320), (832, 256), (896, 256), (960, 256), (1024, 256)],
            Usual.Sizes.Where(s => s.Width >= 512 || s.Height is 1024 or 768 or 640 or 576));
        Assert.All(Usual.Sizes, s => Assert.True(s.Width * s.Height <= 512 * 512 && s.Width % 64 == 0 && s.Height % 64 == 0));
    }

    [Theory]
    [InlineData(640, 480, 576, 448, 597, 448)]
    [InlineData(480, 640, 448, 576, 448, 597)]
    [InlineData(512, 512, 512, 512, 512, 512)]
    [InlineData(2000, 2000, 512, 512, 512, 512)]
    [InlineData(640, 384, 640, 384, 640, 384)]
    [InlineData(3000, 500, 1024, 256, 1536, 256)]
    public void A_picture_goes_to_the_bucket_of_the_nearest_shape_and_covers_it(int width, int height, int bucketWidth, int bucketHeight, int scaledWidth, int scaledHeight) =>
        Assert.Equal(new(bucketWidth, bucketHeight, scaledWidth, scaledHeight), Usual.Place(width, height));

    [Theory]
    [InlineData(300, 200, 256, 192, 300, 200)]
    [InlineData(20, 20, 64, 64, 64, 64)]
    public void Without_enlarging_small_pictures_are_cut_to_multiples(int width, int height, int bucketWidth, int bucketHeight, int scaledWidth, int scaledHeight) =>
        Assert.Equal(new(bucketWidth, bucketHeight, scaledWidth, scaledHeight), new AspectBuckets(512, upscale: false).Place(width, height));

    [Fact]
    public void Every_placement_covers_its_bucket()
    {
        var random = new System.Random(5);
        foreach (var buckets in (AspectBuckets[])[Usual, new(512, upscale: false), new(64, 8, 32, 128), AspectBuckets.Only(64, 48)])
            for (var i = 0; i < 500; i++)
            {
                var place = buckets.Place(random.Next(1, 3000), random.Next(1, 3000));
                Assert.True(place.ScaledWidth >= place.Width && place.ScaledHeight >= place.Height, place.ToString());
            }
    }
}
