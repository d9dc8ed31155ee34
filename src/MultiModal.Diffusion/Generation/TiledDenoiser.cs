using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>Denoises in tiles: each tile's prediction counts the more, the farther from its edges an element lies.</summary>
sealed class TiledDenoiser
{
    readonly LatentShape shape, tile;
    readonly (int Top, int Left, Denoiser Denoiser)[] tiles;
    readonly float[] input, output, weights, sums;

    /// <param name="setup">For the whole picture.</param>
    /// <param name="rows">A tile's rows of latents.</param>
    /// <param name="columns">A tile's columns of latents.</param>
    /// <param name="overlap">What neighbours share at least, in elements.</param>
    /// <param name="factor">Pixels an element stands for, for the sizes SDXL is told.</param>
    public TiledDenoiser(DenoiserSetup setup, int rows, int columns, int overlap, int factor)
    {
        shape = setup.Shape;
        tile = shape with { Height = Math.Min(rows, shape.Height), Width = Math.Min(columns, shape.Width) };
        (input, output) = (new float[tile.Count], new float[tile.Count]);
        (weights, sums) = (new float[tile.Height * tile.Width], new float[shape.Height * shape.Width]);
        for (var y = 0; y < tile.Height; y++)
            for (var x = 0; x < tile.Width; x++) weights[(y * tile.Width) + x] = Math.Min(y + 1, tile.Height - y) * Math.Min(x + 1, tile.Width - x);
        tiles = [.. SamplingTiles.Starts(shape.Height, tile.Height, overlap).SelectMany(top => SamplingTiles.Starts(shape.Width, tile.Width, overlap).Select(left => (top, left, Make(top, left))))];
        foreach (var (top, left, _) in tiles)
            for (var y = 0; y < tile.Height; y++)
                for (var x = 0; x < tile.Width; x++) sums[((top + y) * shape.Width) + left + x] += weights[(y * tile.Width) + x];

        Denoiser Make(int top, int left) => new(setup with
        {
            Shape = tile,
            Sizes = setup.Sizes is { Length: 6 } sizes ? [sizes[0], sizes[1], top * factor, left * factor, tile.Height * factor, tile.Width * factor] : setup.Sizes,
            MoreChannels = setup.MoreChannels is { } more ? Crop(more, shape.Height, shape.Width, top, left, tile.Height, tile.Width) : null,
            Controls = [.. setup.Controls.Select(c =>
            {
                var (height, width) = ((int)c.Condition.Dimensions[2], (int)c.Condition.Dimensions[3]);
                var scale = height / shape.Height;
                return c with
                {
                    Condition = TensorData.Of(
                        Crop(c.Condition.Floats, height, width, top * scale, left * scale, tile.Height * scale, tile.Width * scale), 1, 3, tile.Height * scale, tile.Width * scale),
                };
            })],
        });
    }

    /// <summary>Predicts, tile by tile.</summary>
    public void Predict(int step, double share, ReadOnlySpan<float> all, float timestep, Span<float> result, CancellationToken cancellationToken)
    {
        result.Clear();
        var planes = shape.Batch * shape.Channels;
        foreach (var (top, left, denoiser) in tiles)
        {
            CopyPart(all, shape.Height, shape.Width, top, left, tile.Height, tile.Width, input);
            denoiser.Predict(step, share, input, timestep, output, cancellationToken);
            for (var plane = 0; plane < planes; plane++)
                for (var y = 0; y < tile.Height; y++)
                    for (var x = 0; x < tile.Width; x++)
                        result[(((plane * shape.Height) + top + y) * shape.Width) + left + x] +=
                            weights[(y * tile.Width) + x] * output[(((plane * tile.Height) + y) * tile.Width) + x];
        }

        for (var i = 0; i < result.Length; i++) result[i] /= sums[i % sums.Length];
    }

    static float[] Crop(ReadOnlySpan<float> planes, int height, int width, int top, int left, int rows, int columns)
    {
        var part = new float[planes.Length / (height * width) * rows * columns];
        CopyPart(planes, height, width, top, left, rows, columns, part);
        return part;
    }

    static void CopyPart(ReadOnlySpan<float> planes, int height, int width, int top, int left, int rows, int columns, Span<float> part)
    {
        for (var i = 0; i < part.Length / columns; i++)
            planes.Slice((((i / rows * height) + top + (i % rows)) * width) + left, columns).CopyTo(part[(i * columns)..]);
    }
}
