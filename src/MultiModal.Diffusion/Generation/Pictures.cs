using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>Pictures of what networks give.</summary>
static class Pictures
{
    /// <summary>[3, height, width], -1 to 1, as a picture.</summary>
    public static ImageBuffer OfPlanes(ReadOnlySpan<float> planes, int width, int height)
    {
        var image = new ImageBuffer(width, height);
        var pixels = image.Pixels;
        var area = width * height;
        for (var i = 0; i < area; i++)
            for (var c = 0; c < 3; c++) pixels[(i * 3) + c] = LatentPreview.ToByte(planes[(c * area) + i]);
        return image;
    }
}
