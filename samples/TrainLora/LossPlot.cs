using System.Globalization;
using MultiModal.Images;

namespace TrainLora;

/// <summary>A curve of losses as a picture: steps to the right, losses upwards on a logarithmic scale.</summary>
public static class LossPlot
{
    const int Width = 640, Height = 360, Margin = 24;

    public static async Task SaveAsync(IReadOnlyList<(long Step, double Loss)> curve, string path)
    {
        var points = curve.Where(p => p.Loss > 0 && double.IsFinite(p.Loss)).ToList();
        if (points.Count < 2) return;
        await PngCodec.Default.SaveAsync(Draw(points).WithText(new Dictionary<string, string>
        {
            ["Description"] = string.Create(
                CultureInfo.InvariantCulture, $"loss, logarithmic, {points.Max(p => p.Loss):G4} at the top, {points.Min(p => p.Loss):G4} at the bottom; steps {points[0].Step} to {points[^1].Step}"),
        }), path);
    }

    static ImageBuffer Draw(List<(long Step, double Loss)> points)
    {
        var image = new ImageBuffer(Width, Height);
        image.Pixels.Fill(255);
        var (first, last) = (points[0].Step, points[^1].Step);
        var (low, high) = (Math.Log(points.Min(p => p.Loss)), Math.Log(points.Max(p => p.Loss)));
        if (high - low < 1e-6) high = low + 1e-6;

        // A grey line for each tenth of the width, and for every halving of the loss.
        for (var i = 0; i <= 10; i++) Line(X(first + ((last - first) * i / 10)), Margin, X(first + ((last - first) * i / 10)), Height - Margin, 225, 225, 225);
        for (var level = high; level >= low - 1e-9; level -= Math.Log(2)) Line(Margin, Y(level), Width - Margin, Y(level), 225, 225, 225);
        for (var i = 1; i < points.Count; i++)
            Line(X(points[i - 1].Step), Y(Math.Log(points[i - 1].Loss)), X(points[i].Step), Y(Math.Log(points[i].Loss)), 30, 90, 200);
        return image;

        int X(long step) => Margin + (int)((step - first) * (Width - (2 * Margin)) / Math.Max(1, last - first));

        int Y(double level) => Margin + (int)((high - level) / (high - low) * (Height - (2 * Margin)));

        void Line(int x0, int y0, int x1, int y1, byte red, byte green, byte blue)
        {
            var steps = Math.Max(1, Math.Max(Math.Abs(x1 - x0), Math.Abs(y1 - y0)));
            for (var i = 0; i <= steps; i++)
            {
                var pixel = image.Row(y0 + ((y1 - y0) * i / steps)).Slice((x0 + ((x1 - x0) * i / steps)) * 3, 3);
                (pixel[0], pixel[1], pixel[2]) = (red, green, blue);
            }
        }
    }
}
