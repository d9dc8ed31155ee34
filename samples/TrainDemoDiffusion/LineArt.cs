using MultiModal.Images;

namespace TrainDemoDiffusion;

/// <summary>A picture as a pen would draw it: black lines on white where its colours change, or where it ends.</summary>
static class LineArt
{
    // Differences of colours two pixels apart (in the channel where it is largest) that give no line, and a full one.
    const int Faint = 24, Full = 140;

    /// <param name="emoji">RGBA: a white swan ends where its alpha does.</param>
    public static ImageBuffer Of(ImageBuffer emoji)
    {
        var (picture, alpha) = (emoji.Over(255, 255, 255), emoji.WithChannels(4));
        var (width, height) = (picture.Width, picture.Height);
        var result = new ImageBuffer(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var change = Math.Max(Difference(x - 1, y, x + 1, y), Difference(x, y - 1, x, y + 1));
                var ink = Math.Clamp((change - Faint) * 255 / (Full - Faint), 0, 255);
                result.Row(y).Slice(x * 3, 3).Fill((byte)(255 - ink));
            }

        return result;

        int Difference(int x0, int y0, int x1, int y1)
        {
            var most = Math.Abs(Opacity(x0, y0) - Opacity(x1, y1));
            for (var c = 0; c < 3; c++) most = Math.Max(most, Math.Abs(At(x0, y0, c) - At(x1, y1, c)));
            return most;
        }

        // Beyond the edge the paper is white, so that what is cut off by the frame is closed by a line.
        int At(int x, int y, int channel) =>
            Outside(x, y) ? 255 : picture.Pixels[(((y * width) + x) * 3) + channel];

        int Opacity(int x, int y) => Outside(x, y) ? 0 : alpha.Pixels[(((y * width) + x) * 4) + 3];

        bool Outside(int x, int y) => x < 0 || y < 0 || x >= width || y >= height;
    }
}
