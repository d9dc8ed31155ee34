using System.Numerics;
using System.Runtime.InteropServices;

namespace MultiModal.Diffusion.Schedulers;

/// <summary>What samplers do to latents: every update is a sum of a few tensors with scalar weights. Results may overwrite an input.</summary>
static class Latents
{
    /// <summary>result = x / divisor.</summary>
    public static void Divide(Span<float> result, ReadOnlySpan<float> x, float divisor)
    {
        Check(result, x);
        var r = Vectors(result);
        var vx = Vectors(x);
        var vd = new Vector<float>(divisor);
        for (var i = 0; i < r.Length; i++)
            r[i] = vx[i] / vd;
        for (var i = r.Length * Vector<float>.Count; i < result.Length; i++)
            result[i] = x[i] / divisor;
    }

    /// <summary>result = a x + b y.</summary>
    public static void Mix(Span<float> result, float a, ReadOnlySpan<float> x, float b, ReadOnlySpan<float> y)
    {
        Check(result, x);
        Check(result, y);
        var r = Vectors(result);
        var vx = Vectors(x);
        var vy = Vectors(y);
        var (va, vb) = (new Vector<float>(a), new Vector<float>(b));
        for (var i = 0; i < r.Length; i++)
            r[i] = (va * vx[i]) + (vb * vy[i]);
        for (var i = r.Length * Vector<float>.Count; i < result.Length; i++)
            result[i] = (a * x[i]) + (b * y[i]);
    }

    /// <summary>result = a x + b y + c z.</summary>
    public static void Mix(Span<float> result, float a, ReadOnlySpan<float> x, float b, ReadOnlySpan<float> y, float c, ReadOnlySpan<float> z)
    {
        Check(result, x);
        Check(result, y);
        Check(result, z);
        var r = Vectors(result);
        var vx = Vectors(x);
        var vy = Vectors(y);
        var vz = Vectors(z);
        var (va, vb, vc) = (new Vector<float>(a), new Vector<float>(b), new Vector<float>(c));
        for (var i = 0; i < r.Length; i++)
            r[i] = (va * vx[i]) + (vb * vy[i]) + (vc * vz[i]);
        for (var i = r.Length * Vector<float>.Count; i < result.Length; i++)
            result[i] = (a * x[i]) + (b * y[i]) + (c * z[i]);
    }

    /// <summary>result += a x.</summary>
    public static void Add(Span<float> result, float a, ReadOnlySpan<float> x)
    {
        Check(result, x);
        var r = Vectors(result);
        var va = new Vector<float>(a);
        var vx = Vectors(x);
        for (var i = 0; i < r.Length; i++)
            r[i] += va * vx[i];
        for (var i = r.Length * Vector<float>.Count; i < result.Length; i++)
            result[i] += a * x[i];
    }

    /// <summary>Clamps to [-limit, limit].</summary>
    public static void Clamp(Span<float> values, float limit)
    {
        foreach (ref var value in values)
            value = Math.Clamp(value, -limit, limit);
    }

    /// <summary>
    /// Dynamic thresholding (Saharia et al. 2022, section 2.3): for each picture, values beyond the given quantile s of magnitudes
    /// are cut off, and all divided by s; s lies between 1 and a maximum.
    /// </summary>
    public static void Threshold(Span<float> values, int perImage, double ratio, float maximum)
    {
        var magnitudes = new float[perImage];
        for (var start = 0; start < values.Length; start += perImage)
        {
            var image = values.Slice(start, perImage);
            for (var i = 0; i < perImage; i++)
                magnitudes[i] = Math.Abs(image[i]);
            Array.Sort(magnitudes);

            // torch.quantile: linear between the two nearest ranks.
            var rank = ratio * (perImage - 1);
            var low = (int)rank;
            var high = Math.Min(low + 1, perImage - 1);
            var quantile = magnitudes[low] + ((float)(rank - low) * (magnitudes[high] - magnitudes[low]));
            var limit = Math.Min(Math.Max(quantile, 1f), maximum);
            Clamp(image, limit);
            Divide(image, image, limit);
        }
    }

    static Span<Vector<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);

    static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);

    static void Check(ReadOnlySpan<float> result, ReadOnlySpan<float> input)
    {
        if (result.Length != input.Length)
            throw new ArgumentException($"Latents of {input.Length} elements do not go with {result.Length}.");
    }
}
