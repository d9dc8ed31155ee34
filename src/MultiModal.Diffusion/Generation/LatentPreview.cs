using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>A picture of a latent without any network: each latent channel has a colour of its own (fitted by the community to each family).</summary>
static class LatentPreview
{
    // Rows are latent channels, columns red, green, blue; then the offset. From stable-diffusion.cpp's latent-preview tables.
    static readonly float[] Sd =
    [
        0.337366f, 0.216344f, 0.257386f, 0.165636f, 0.386828f, 0.046994f, -0.267803f, 0.237036f, 0.223517f, -0.178022f, -0.200862f, -0.678514f,
        -0.017478f, -0.055834f, -0.105825f,
    ];

    static readonly float[] Sdxl =
    [
        0.258303f, 0.277640f, 0.329699f, -0.299701f, 0.105446f, 0.014194f, 0.050522f, 0.186163f, -0.143257f, -0.211938f, -0.149892f, -0.080036f,
        0.144381f, -0.033313f, 0.007061f,
    ];

    /// <summary>Paints one latent.</summary>
    /// <param name="latent">[4, height, width]; other numbers of channels give the mean of all as grey.</param>
    /// <param name="family">Whose latent it is.</param>
    /// <param name="channels">How many channels it has.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static ImageBuffer Paint(ReadOnlySpan<float> latent, ModelFamily family, int channels, int height, int width)
    {
        var colours = channels == 4 ? family == ModelFamily.StableDiffusionXL ? Sdxl : Sd : null;
        var image = new ImageBuffer(width, height);
        var area = height * width;
        for (var i = 0; i < area; i++)
        {
            for (var rgb = 0; rgb < 3; rgb++)
            {
                var value = colours?[(4 * 3) + rgb] ?? 0;
                for (var c = 0; c < channels; c++) value += latent[(c * area) + i] * (colours?[(c * 3) + rgb] ?? 0.3f / channels);
                image.Pixels[(i * 3) + rgb] = ToByte(value);
            }
        }

        return image;
    }

    /// <summary>-1..1 to 0..255.</summary>
    public static byte ToByte(float value) => (byte)Math.Clamp(MathF.Round((float.IsNaN(value) ? 0 : (value * 0.5f) + 0.5f) * 255), 0, 255);
}
