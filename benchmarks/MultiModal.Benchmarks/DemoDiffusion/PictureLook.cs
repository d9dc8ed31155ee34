using System.Numerics.Tensors;
using MultiModal.Images;

namespace MultiModal.Benchmarks.DemoDiffusion;

/// <summary>What a picture looks like from afar: its colours at 16x16, as their distance from white paper, and where its edges are.</summary>
sealed class PictureLook
{
    const int Side = 16;
    readonly float[] colours, edges;

    PictureLook(float[] colours, float[] edges) => (this.colours, this.edges) = (colours, edges);

    public static PictureLook Of(ImageBuffer picture)
    {
        var small = picture.Resize(Side, Side, ResizeFilter.Box);
        var colours = new float[small.Pixels.Length];
        for (var i = 0; i < colours.Length; i++) colours[i] = 255 - small.Pixels[i];
        return new(colours, Edges(picture.WithChannels(1)));
    }

    /// <summary>The mean of the cosines of colours and of edges: 1 for equal pictures.</summary>
    public float Likeness(PictureLook other) => (Cosine(colours, other.colours) + Cosine(edges, other.edges)) / 2;

    /// <summary>How far a picture's colours are from grey, 0 to 255: the mean of the largest channel less the smallest.</summary>
    public static double Saturation(ImageBuffer picture)
    {
        var sum = 0L;
        for (var i = 0; i < picture.Pixels.Length; i += 3)
        {
            var pixel = picture.Pixels.Slice(i, 3);
            sum += Math.Max(pixel[0], Math.Max(pixel[1], pixel[2])) - Math.Min(pixel[0], Math.Min(pixel[1], pixel[2]));
        }

        return 3.0 * sum / picture.Pixels.Length;
    }

    /// <summary>Differences of neighbours, summed over the squares of a 16x16 raster.</summary>
    static float[] Edges(ImageBuffer grey)
    {
        var sums = new float[Side * Side];
        for (var y = 0; y + 1 < grey.Height; y++)
        {
            ReadOnlySpan<byte> row = grey.Row(y);
            ReadOnlySpan<byte> below = grey.Row(y + 1);
            for (var x = 0; x + 1 < grey.Width; x++)
                sums[(y * Side / grey.Height * Side) + (x * Side / grey.Width)] += Math.Abs(row[x + 1] - row[x]) + Math.Abs(below[x] - row[x]);
        }

        return sums;
    }

    static float Cosine(float[] a, float[] b)
    {
        var lengths = TensorPrimitives.Norm<float>(a) * TensorPrimitives.Norm<float>(b);
        return lengths > 0 ? TensorPrimitives.Dot<float>(a, b) / lengths : 0;
    }
}
