using System.Buffers.Binary;

namespace MultiModal.Images.Png;

/// <summary>Turns packed rows of any colour type and depth into the samples of an <see cref="ImageBuffer"/>.</summary>
sealed class PngRows
{
    readonly PngHeader header;
    readonly byte[]? palette;
    readonly byte[]? transparency;
    readonly int channels;
    readonly ushort[] key = [];

    public PngRows(PngHeader header, byte[]? palette, byte[]? transparency)
    {
        this.header = header;
        this.palette = palette;
        this.transparency = transparency;
        channels = header.ColorType switch
        {
            _ when transparency is not null => 4,
            PngColorType.Gray => 1,
            PngColorType.Rgb or PngColorType.Palette => 3,
            _ => 4,
        };
        if (transparency is not null && header.ColorType != PngColorType.Palette)
        {
            key = new ushort[header.Samples];
            for (var c = 0; c < key.Length; c++)
                key[c] = BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * c));
        }
    }

    public ImageBuffer MakeImage(Dictionary<string, string>? text)
    {
        var image = new ImageBuffer(header.Width, header.Height, channels);
        return text is null ? image : image.WithText(text);
    }

    /// <summary>Writes the pixels of a raw row to every <paramref name="step"/>th pixel of the target, from <paramref name="start"/> on.</summary>
    /// <returns>False when a pixel names a colour that the palette lacks.</returns>
    public bool Unpack(ReadOnlySpan<byte> row, int columns, Span<byte> target, int start, int step)
    {
        if (step == 1 && header.BitDepth == 8 && header.Samples == channels && header.ColorType != PngColorType.Palette)
        {
            row.CopyTo(target);
            return true;
        }

        var samples = header.Samples;
        Span<int> pixel = stackalloc int[4];
        for (var x = 0; x < columns; x++)
        {
            for (var c = 0; c < samples; c++)
                pixel[c] = Sample(row, (x * samples) + c);
            var to = target.Slice((start + (x * step)) * channels, channels);
            if (header.ColorType == PngColorType.Palette)
            {
                var index = pixel[0];
                if (3 * index >= palette!.Length)
                    return false;
                palette.AsSpan(3 * index, 3).CopyTo(to);
                if (channels == 4)
                    to[3] = index < transparency!.Length ? transparency[index] : (byte)255;
            }
            else
            {
                Write(pixel[..samples], to);
            }
        }

        return true;
    }

    void Write(ReadOnlySpan<int> pixel, Span<byte> to)
    {
        if (pixel.Length == 1 && channels == 1)
        {
            to[0] = ToByte(pixel[0]);
            return;
        }

        if (pixel.Length < 3)
            to[..3].Fill(ToByte(pixel[0]));
        else
            (to[0], to[1], to[2]) = (ToByte(pixel[0]), ToByte(pixel[1]), ToByte(pixel[2]));
        if (channels < 4)
            return;
        if (pixel.Length is 2 or 4)
        {
            to[3] = ToByte(pixel[^1]);
            return;
        }

        // tRNS: one colour, compared at full depth, is transparent.
        var same = true;
        for (var c = 0; c < pixel.Length; c++)
            same &= pixel[c] == key[c];
        to[3] = same ? (byte)0 : (byte)255;
    }

    int Sample(ReadOnlySpan<byte> row, int index)
    {
        switch (header.BitDepth)
        {
            case 8:
                return row[index];
            case 16:
                return BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]);
            default:
                var bit = index * header.BitDepth;
                return (row[bit >> 3] >> (8 - header.BitDepth - (bit & 7))) & ((1 << header.BitDepth) - 1);
        }
    }

    byte ToByte(int sample) => header.BitDepth switch
    {
        8 => (byte)sample,
        16 => (byte)(((sample * 255) + 32767) / 65535),
        _ => (byte)(sample * 255 / ((1 << header.BitDepth) - 1)),
    };
}
