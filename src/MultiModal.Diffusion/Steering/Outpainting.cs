using MultiModal.Images;

namespace MultiModal.Diffusion.Steering;

/// <summary>Makes a picture larger than it is: the picture and mask of a request that draws what lies around it.</summary>
public static class Outpainting
{
    /// <summary>Puts a picture on a larger canvas.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="left">Pixels to add on the left.</param>
    /// <param name="top">Pixels to add at the top.</param>
    /// <param name="right">Pixels to add on the right.</param>
    /// <param name="bottom">Pixels to add at the bottom.</param>
    /// <param name="overlap">Pixels of the picture's edge that are drawn anew, so that no seam is seen. Default 8.</param>
    /// <returns>For <see cref="Generation.ImageRequest.Init"/>, its edge colours spread outwards, and for <see cref="Generation.ImageRequest.Mask"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static (ImageBuffer Init, ImageBuffer Mask) Extend(ImageBuffer image, int left, int top, int right, int bottom, int overlap = 8)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        var source = image.WithChannels(3);
        var (width, height) = (checked(image.Width + left + right), checked(image.Height + top + bottom));
        var (init, mask) = (new ImageBuffer(width, height), new ImageBuffer(width, height, 1));
        for (var y = 0; y < height; y++)
        {
            var target = init.Row(y);
            var from = source.Row(Math.Clamp(y - top, 0, image.Height - 1));
            var drawnRow = (top > 0 && y < top + overlap) || (bottom > 0 && y >= height - bottom - overlap);
            for (var x = 0; x < width; x++)
            {
                from.Slice(Math.Clamp(x - left, 0, image.Width - 1) * 3, 3).CopyTo(target[(x * 3)..]);
                if (drawnRow || (left > 0 && x < left + overlap) || (right > 0 && x >= width - right - overlap)) mask.Row(y)[x] = 255;
            }
        }

        return (init, mask);
    }
}
