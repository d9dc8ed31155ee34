using MultiModal.Images;

namespace TrainVoice;

/// <summary>Losses over steps as a picture: one colour each, the vertical axis logarithmic.</summary>
sealed class LossPlot(string path)
{
    const int Width = 960, Height = 480, Margin = 8;

    static readonly (byte, byte, byte)[] Colours = [(220, 60, 60), (60, 120, 220), (40, 160, 80), (200, 140, 20), (140, 80, 180), (90, 90, 90)];

    readonly Dictionary<string, List<(long Step, double Value)>> curves = [];

    /// <summary>Adds a step's losses.</summary>
    public void Add(long step, IReadOnlyDictionary<string, double> losses)
    {
        foreach (var (name, value) in losses)
        {
            if (!curves.TryGetValue(name, out var curve)) curves[name] = curve = [];
            // Single steps jump about; a running mean shows where they go.
            curve.Add((step, curve.Count == 0 ? value : (0.95 * curve[^1].Value) + (0.05 * value)));
        }
    }

    /// <summary>Writes the picture.</summary>
    /// <returns>Which colour is which loss.</returns>
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        var image = new ImageBuffer(Width, Height);
        image.Pixels.Fill(255);
        var values = curves.Values.SelectMany(c => c).Where(p => p.Value > 0).ToList();
        if (values.Count == 0) return "";
        var (first, last) = (values.Min(v => v.Step), Math.Max(values.Max(v => v.Step), values.Min(v => v.Step) + 1));
        var (low, high) = (Math.Log(values.Min(v => v.Value)), Math.Log(values.Max(v => v.Value)) + 1e-6);
        var index = 0;
        foreach (var (_, curve) in curves.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            var colour = Colours[index++ % Colours.Length];
            (int X, int Y)? before = null;
            foreach (var (step, value) in curve.Where(p => p.Value > 0))
            {
                var point = (X: Margin + (int)((Width - (2 * Margin) - 1) * (step - first) / (last - first)), Y: Margin + (int)((Height - (2 * Margin) - 1) * (high - Math.Log(value)) / (high - low)));
                Line(image, before ?? point, point, colour);
                before = point;
            }
        }

        await using var file = File.Create(path);
        await PngCodec.Default.WriteAsync(image, file, cancellationToken);
        string[] names = ["red", "blue", "green", "ochre", "violet", "grey"];
        return string.Join(", ", curves.Keys.Order(StringComparer.Ordinal).Select((name, i) => $"{names[i % names.Length]} {name}"));
    }

    static void Line(ImageBuffer image, (int X, int Y) from, (int X, int Y) to, (byte Red, byte Green, byte Blue) colour)
    {
        var steps = Math.Max(1, Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)));
        for (var i = 0; i <= steps; i++)
        {
            var (x, y) = (from.X + ((to.X - from.X) * i / steps), from.Y + ((to.Y - from.Y) * i / steps));
            var row = image.Row(Math.Clamp(y, 0, Height - 1));
            (row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]) = colour;
        }
    }
}
