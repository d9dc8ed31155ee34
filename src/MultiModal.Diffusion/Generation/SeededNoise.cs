using System.Numerics.Tensors;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime.Random;

namespace MultiModal.Diffusion.Generation;

/// <summary>PyTorch's noise, a generator for each picture, so that a picture does not depend on which others are made with it.</summary>
sealed class SeededNoise(IReadOnlyList<long> seeds, NoiseKind kind = NoiseKind.TorchCpu) : INoiseSource
{
    readonly TorchRandom[] torch = kind == NoiseKind.TorchCpu ? [.. seeds.Select(seed => new TorchRandom(unchecked((ulong)seed)))] : [];
    readonly PhiloxRandom[] philox = kind == NoiseKind.Philox ? [.. seeds.Select(seed => new PhiloxRandom(unchecked((ulong)seed)))] : [];

    public void Draw(Span<float> noise, LatentShape shape)
    {
        for (var i = 0; i < seeds.Count; i++)
        {
            var own = noise.Slice(i * shape.PerImage, shape.PerImage);
            if (kind == NoiseKind.Philox) philox[i].Normal(own);
            else torch[i].Normal(own);
        }
    }

    /// <summary>Moves noise towards that of other seeds ("variations"), as A1111 does: on great circles, each column of each channel by itself.</summary>
    /// <param name="noise">The noise; becomes the variation.</param>
    /// <param name="shape">The shape of the latents.</param>
    /// <param name="subSeeds">A seed for each picture.</param>
    /// <param name="strength">0 for the noise itself, 1 for the other seeds' noise.</param>
    /// <param name="kind">Whose random numbers the other noise is of.</param>
    public static void Vary(Span<float> noise, LatentShape shape, IReadOnlyList<long> subSeeds, float strength, NoiseKind kind)
    {
        if (strength == 0) return;
        var other = new float[shape.Count];
        new SeededNoise(subSeeds, kind).Draw(other, shape);
        for (var i = 0; i < shape.Batch; i++) Turn(noise.Slice(i * shape.PerImage, shape.PerImage), other.AsSpan(i * shape.PerImage, shape.PerImage), shape, strength);
    }

    static void Turn(Span<float> low, ReadOnlySpan<float> high, LatentShape shape, float strength)
    {
        var (area, columns) = (shape.Height * shape.Width, shape.Channels * shape.Width);
        var cosines = new double[columns];
        for (var c = 0; c < columns; c++)
        {
            var (start, lengthLow, lengthHigh, dot) = ((c / shape.Width * area) + (c % shape.Width), 0.0, 0.0, 0.0);
            for (var y = 0; y < shape.Height; y++)
            {
                double a = low[start + (y * shape.Width)], b = high[start + (y * shape.Width)];
                (lengthLow, lengthHigh, dot) = (lengthLow + (a * a), lengthHigh + (b * b), dot + (a * b));
            }

            cosines[c] = dot / Math.Sqrt(lengthLow * lengthHigh);
        }

        // Nearly the same direction: the original mixes the other way round here, and so must this.
        if (TensorPrimitives.Sum<double>(cosines) / columns > 0.9995)
        {
            for (var i = 0; i < low.Length; i++) low[i] = (low[i] * strength) + (high[i] * (1 - strength));
            return;
        }

        for (var c = 0; c < columns; c++)
        {
            var angle = Math.Acos(Math.Clamp(cosines[c], -1, 1));
            var sine = Math.Sin(angle);
            if (sine == 0) continue;
            var (keep, take) = ((float)(Math.Sin((1 - strength) * angle) / sine), (float)(Math.Sin(strength * angle) / sine));
            for (var (y, at) = (0, (c / shape.Width * area) + (c % shape.Width)); y < shape.Height; y++, at += shape.Width) low[at] = (keep * low[at]) + (take * high[at]);
        }
    }
}
