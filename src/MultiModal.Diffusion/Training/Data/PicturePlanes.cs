using MultiModal.Images;

namespace MultiModal.Diffusion.Training.Data;

/// <summary>Pictures as networks take them.</summary>
static class PicturePlanes
{
    /// <summary>Writes a picture as [3, height, width], -1 to 1.</summary>
    /// <param name="picture">RGB.</param>
    /// <param name="planes">3 * height * width elements.</param>
    /// <param name="mirrored">Whether left and right change places.</param>
    public static void Write(ImageBuffer picture, Span<float> planes, bool mirrored)
    {
        var (width, height) = (picture.Width, picture.Height);
        for (var y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = picture.Row(y);
            for (var x = 0; x < width; x++)
            {
                var from = (mirrored ? width - 1 - x : x) * 3;
                for (var c = 0; c < 3; c++) planes[(((c * height) + y) * width) + x] = (row[from + c] / 127.5f) - 1;
            }
        }
    }
}
