using MultiModal.Images;

namespace MultiModal.Diffusion.Steering;

/// <summary>Edges as lines one pixel wide (Canny 1986), what the "canny" ControlNets follow; the thresholds are those of OpenCV's function.</summary>
public static class CannyEdges
{
    /// <summary>Finds edges.</summary>
    /// <param name="image">Any picture; colours become grey.</param>
    /// <param name="low">The least gradient (|dx| + |dy| of the Sobel operator) of an edge that continues a strong one. Default 100.</param>
    /// <param name="high">The least gradient of a strong edge. Default 200.</param>
    /// <returns>White lines on black, RGB, of the same size.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The thresholds are negative or not in this order.</exception>
    public static ImageBuffer Of(ImageBuffer image, int low = 100, int high = 200)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(low);
        ArgumentOutOfRangeException.ThrowIfLessThan(high, low);
        var (width, height) = (image.Width, image.Height);
        var grey = image.WithChannels(1).Pixels.ToArray();
        var (dx, dy) = (new int[grey.Length], new int[grey.Length]);
        var strength = new int[grey.Length];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                int At(int right, int down) => grey[(Math.Clamp(y + down, 0, height - 1) * width) + Math.Clamp(x + right, 0, width - 1)];
                var i = (y * width) + x;
                dx[i] = At(1, -1) + (2 * At(1, 0)) + At(1, 1) - At(-1, -1) - (2 * At(-1, 0)) - At(-1, 1);
                dy[i] = At(-1, 1) + (2 * At(0, 1)) + At(1, 1) - At(-1, -1) - (2 * At(0, -1)) - At(1, -1);
                strength[i] = Math.Abs(dx[i]) + Math.Abs(dy[i]);
            }

        // Only the crest of a gradient is an edge; strong crests are kept, weak ones where they touch what is kept.
        var result = new ImageBuffer(width, height);
        var (weak, found) = (new bool[grey.Length], new Stack<int>());
        for (var i = 0; i < grey.Length; i++)
        {
            if (strength[i] <= low || !IsCrest(i)) continue;
            weak[i] = true;
            if (strength[i] > high) found.Push(i);
        }

        while (found.TryPop(out var i))
        {
            if (!weak[i]) continue;
            weak[i] = false;
            result.Pixels.Slice(i * 3, 3).Fill(255);
            for (var y = Math.Max(0, (i / width) - 1); y <= Math.Min(height - 1, (i / width) + 1); y++)
                for (var x = Math.Max(0, (i % width) - 1); x <= Math.Min(width - 1, (i % width) + 1); x++)
                    if (weak[(y * width) + x]) found.Push((y * width) + x);
        }

        return result;

        // Compared along the gradient, to the nearest of four directions; of equals the later one is kept.
        bool IsCrest(int i)
        {
            var (x, y) = (i % width, i / width);
            int Neighbour(int right, int down) => x + right < 0 || x + right >= width || y + down < 0 || y + down >= height ? 0 : strength[i + right + (down * width)];
            double ax = Math.Abs(dx[i]), ay = Math.Abs(dy[i]);
            const double Tangent = 0.41421356237309503;
            if (ay < ax * Tangent) return strength[i] > Neighbour(-1, 0) && strength[i] >= Neighbour(1, 0);
            if (ay > ax / Tangent) return strength[i] > Neighbour(0, -1) && strength[i] >= Neighbour(0, 1);
            var slope = (dx[i] ^ dy[i]) < 0 ? -1 : 1;
            return strength[i] > Neighbour(-slope, -1) && strength[i] > Neighbour(slope, 1);
        }
    }
}
