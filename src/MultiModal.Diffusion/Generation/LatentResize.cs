using MultiModal.Diffusion.Schedulers;

namespace MultiModal.Diffusion.Generation;

/// <summary>Latents at another size: linear between their elements, as torch's interpolate without aligned corners.</summary>
static class LatentResize
{
    public static void Apply(ReadOnlySpan<float> source, LatentShape from, Span<float> target, LatentShape to)
    {
        for (var y = 0; y < to.Height; y++)
        {
            var (top, bottom, down) = Place(y, from.Height, to.Height);
            for (var x = 0; x < to.Width; x++)
            {
                var (left, right, across) = Place(x, from.Width, to.Width);
                for (var plane = 0; plane < from.Batch * from.Channels; plane++)
                {
                    var values = source.Slice(plane * from.Height * from.Width, from.Height * from.Width);
                    var above = Mix(values[(top * from.Width) + left], values[(top * from.Width) + right], across);
                    var below = Mix(values[(bottom * from.Width) + left], values[(bottom * from.Width) + right], across);
                    target[(((plane * to.Height) + y) * to.Width) + x] = Mix(above, below, down);
                }
            }
        }

        static float Mix(float a, float b, float share) => a + (share * (b - a));
    }

    static (int Before, int After, float Share) Place(int index, int from, int to)
    {
        var at = Math.Max(0, ((index + 0.5f) * from / to) - 0.5f);
        var before = Math.Min((int)at, from - 1);
        return (before, Math.Min(before + 1, from - 1), at - before);
    }
}
