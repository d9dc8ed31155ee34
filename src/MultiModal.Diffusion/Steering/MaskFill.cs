using MultiModal.Images;

namespace MultiModal.Diffusion.Steering;

/// <summary>Spreads the colours around a mask into it: means over ever smaller surroundings, of what is known there.</summary>
static class MaskFill
{
    public static ImageBuffer Apply(ImageBuffer image, InpaintMask mask)
    {
        var (width, height) = (image.Width, image.Height);
        var known = Array.ConvertAll(mask.Values, v => v < 0.5f ? 1f : 0f);
        if (!known.Contains(1f)) return image;
        var planes = Enumerable.Range(0, 3).Select(c => new float[width * height]).ToArray();
        var filled = new float[3][];
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < known.Length; i++) planes[c][i] = image.Pixels[(i * image.Channels) + c] * known[i];
            filled[c] = new float[width * height];
        }

        // From coarse to fine: where a finer mean knows too little, the coarser one stays.
        foreach (var deviation in (ReadOnlySpan<double>)[Math.Max(width, height) / 4.0, 32, 8, 2])
        {
            var share = GaussianBlur.Apply(known, width, height, Math.Min(deviation, 64));
            for (var c = 0; c < 3; c++)
            {
                var sum = GaussianBlur.Apply(planes[c], width, height, Math.Min(deviation, 64));
                for (var i = 0; i < sum.Length; i++)
                {
                    if (share[i] <= 1e-6f) continue;
                    var trust = Math.Min(1, share[i] * 4);
                    filled[c][i] += trust * ((sum[i] / share[i]) - filled[c][i]);
                }
            }
        }

        var result = new ImageBuffer(width, height);
        for (var i = 0; i < known.Length; i++)
            for (var c = 0; c < 3; c++)
                result.Pixels[(i * 3) + c] = known[i] > 0 ? image.Pixels[(i * image.Channels) + c] : (byte)Math.Clamp(MathF.Round(filled[c][i]), 0, 255);
        return result;
    }
}
