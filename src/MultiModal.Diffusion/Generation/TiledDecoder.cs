using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>Decodes one latent to a picture, whole or in overlapping tiles that fade into each other, so that memory does not grow with the picture.</summary>
sealed class TiledDecoder(DiffusionNetworks networks, int latentChannels, int factor, float scale, float shift)
{
    /// <summary>Latent elements along a tile's side, and how many of them neighbours share.</summary>
    internal const int Tile = 64, Overlap = 16;

    /// <summary>Decodes.</summary>
    /// <param name="latent">[channels, height, width], scaled as the UNet has it.</param>
    /// <param name="height">Rows of the latent.</param>
    /// <param name="width">Columns of the latent.</param>
    /// <param name="tiled">Whether in tiles.</param>
    /// <param name="cancellationToken">Stops the run in flight.</param>
    /// <returns>[3, height * factor, width * factor], about -1 to 1, and what is to be said of it.</returns>
    public async ValueTask<(float[] Planes, string? Note)> DecodeAsync(ReadOnlyMemory<float> latent, int height, int width, bool tiled, CancellationToken cancellationToken)
    {
        if (!tiled || (height <= Tile && width <= Tile))
        {
            var (whole, said) = await DecodeTileAsync(latent, height, width, 0, 0, height, width, cancellationToken).ConfigureAwait(false);
            return (whole.Floats.ToArray(), said);
        }

        string? note = null;
        using var held = await networks.HoldVaeDecoderAsync(cancellationToken).ConfigureAwait(false);
        var (rows, columns) = (height * factor, width * factor);
        var picture = new float[3 * rows * columns];
        var weights = new float[rows * columns];
        foreach (var (top, tileHeight) in Cut(height))
            foreach (var (left, tileWidth) in Cut(width))
            {
                var (tile, said) = await DecodeTileAsync(latent, height, width, top, left, tileHeight, tileWidth, cancellationToken).ConfigureAwait(false);
                note ??= said;
                Blend(tile.Floats, tileHeight * factor, tileWidth * factor, top * factor, left * factor, picture, weights, rows, columns);
            }

        for (var c = 0; c < 3; c++)
            for (var i = 0; i < weights.Length; i++) picture[(c * weights.Length) + i] /= weights[i];
        return (picture, note);
    }

    /// <summary>Where tiles begin and how long they are: all of the same length, the last ending at the end.</summary>
    internal static IEnumerable<(int Start, int Length)> Cut(int length)
    {
        if (length <= Tile) return [(0, length)];
        var count = 1 + ((length - Tile + Tile - Overlap - 1) / (Tile - Overlap));
        return Enumerable.Range(0, count).Select(i => (Math.Min(i * (Tile - Overlap), length - Tile), Tile));
    }

    ValueTask<(TensorData Image, string? Note)> DecodeTileAsync(ReadOnlyMemory<float> latent, int height, int width, int top, int left, int tileHeight, int tileWidth, CancellationToken cancellationToken)
    {
        var values = new float[latentChannels * tileHeight * tileWidth];
        var i = 0;
        for (var c = 0; c < latentChannels; c++)
            for (var y = top; y < top + tileHeight; y++)
                foreach (var value in latent.Span.Slice((((c * height) + y) * width) + left, tileWidth)) values[i++] = (value / scale) + shift;
        return networks.DecodeAsync(TensorData.Of(values, 1, latentChannels, tileHeight, tileWidth), cancellationToken);
    }

    /// <summary>Adds a tile, weighted by how far a pixel is from the tile's edge; edges of the whole picture weigh fully.</summary>
    void Blend(ReadOnlySpan<float> tile, int tileRows, int tileColumns, int top, int left, float[] picture, float[] weights, int rows, int columns)
    {
        var fade = Overlap * factor;
        for (var y = 0; y < tileRows; y++)
        {
            var vertical = Ramp(y, tileRows, top == 0, top + tileRows == rows, fade);
            for (var x = 0; x < tileColumns; x++)
            {
                var weight = vertical * Ramp(x, tileColumns, left == 0, left + tileColumns == columns, fade);
                var at = ((top + y) * columns) + left + x;
                weights[at] += weight;
                for (var c = 0; c < 3; c++) picture[(c * rows * columns) + at] += weight * tile[(((c * tileRows) + y) * tileColumns) + x];
            }
        }
    }

    static float Ramp(int position, int length, bool atStart, bool atEnd, int fade)
    {
        var fromStart = atStart ? 1f : (position + 0.5f) / fade;
        var fromEnd = atEnd ? 1f : (length - position - 0.5f) / fade;
        return Math.Min(1f, Math.Min(fromStart, fromEnd));
    }
}
