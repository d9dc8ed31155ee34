using MultiModal.Diffusion.Steering;
using MultiModal.Images;

namespace MultiModal.Diffusion.Tests.Steering;

public sealed class CannyEdgesTests
{
    static ImageBuffer Square()
    {
        var image = new ImageBuffer(40, 30);
        for (var y = 8; y < 22; y++) image.Row(y)[(10 * 3)..(30 * 3)].Fill(255);
        return image;
    }

    [Fact]
    public void The_outline_of_a_square_is_one_pixel_wide()
    {
        var edges = CannyEdges.Of(Square());
        for (var y = 11; y < 19; y++) Assert.Equal(2, Enumerable.Range(0, 40).Count(x => edges.Row(y)[x * 3] == 255));
        for (var x = 13; x < 27; x++) Assert.Equal(2, Enumerable.Range(0, 30).Count(y => edges.Row(y)[x * 3] == 255));
        Assert.All(Enumerable.Range(0, 6), y => Assert.False(edges.Row(y).ContainsAnyExcept((byte)0)));
        Assert.All(edges.Pixels.ToArray(), v => Assert.True(v is 0 or 255));
    }

    [Fact]
    public void Flat_pictures_and_weak_gradients_have_no_edges()
    {
        Assert.False(CannyEdges.Of(new ImageBuffer(9, 7)).Pixels.ContainsAnyExcept((byte)0));
        var ramp = new ImageBuffer(64, 8);
        for (var y = 0; y < 8; y++) for (var x = 0; x < 64; x++) ramp.Row(y).Slice(x * 3, 3).Fill((byte)(x * 4));
        Assert.False(CannyEdges.Of(ramp).Pixels.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_weak_edge_counts_where_it_continues_a_strong_one()
    {
        var image = new ImageBuffer(20, 40, 1);
        for (var y = 0; y < 40; y++) image.Row(y)[10..].Fill((byte)(y < 20 ? 120 : 40));
        Assert.Equal(255, CannyEdges.Of(image, 100, 400).Row(35)[10 * 3] | CannyEdges.Of(image, 100, 400).Row(35)[9 * 3]);
        Assert.Equal(0, CannyEdges.Of(image, 200, 400).Row(35)[10 * 3] | CannyEdges.Of(image, 200, 400).Row(35)[9 * 3]);
        Assert.False(CannyEdges.Of(image, 600, 700).Pixels.ContainsAnyExcept((byte)0));
    }
}
