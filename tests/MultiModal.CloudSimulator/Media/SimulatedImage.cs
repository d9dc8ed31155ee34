using MultiModal.Images;

namespace MultiModal.CloudSimulator.Media;

/// <summary>Pictures that carry their prompt as PNG text, so that what the simulator draws it can also describe.</summary>
public static class SimulatedImage
{
    const string Key = "prompt";

    public static byte[] Png(string prompt, int width = 160, int height = 160)
    {
        // The size that was asked for is not drawn in full: tests ask for 2048x2048.
        width = Math.Clamp(width, 128, 256);
        height = Math.Clamp(height, 128, 256);
        var random = new Random(StringComparer.Ordinal.GetHashCode(prompt));
        var image = new ImageBuffer(width, height) { Text = new Dictionary<string, string> { [Key] = prompt } };
        random.NextBytes(image.Pixels);
        return PngCodec.Default.Encode(image);
    }

    /// <summary>Not a video that plays: its mark, and the prompt.</summary>
    public static byte[] Mp4(string prompt) => [0, 0, 0, 24, .. "ftypisom"u8, .. System.Text.Encoding.UTF8.GetBytes(prompt)];

    public static string Describe(byte[] png)
    {
        var image = PngCodec.Default.Decode(png, "the picture");
        return image.Text.TryGetValue(Key, out var prompt) ? $"一幅图画：{prompt}" : $"一幅 {image.Width}x{image.Height} 的图画。";
    }
}
