using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MultiModal.Images.Png;

/// <summary>Reads one file: chunks first, each checked, then the image data row by row. Used once.</summary>
sealed class PngDecoder(ReadOnlyMemory<byte> file, string name, PngOptions options)
{
    // Deflate cannot do better (a match of 258 bytes takes two bits), so a short file cannot make us allocate a large picture.
    const int GreatestDeflateRatio = 1032;

    static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    readonly List<ReadOnlyMemory<byte>> imageData = [];
    readonly Dictionary<string, string> text = [];
    PngHeader header;
    byte[]? palette;
    byte[]? transparency;
    int textBytes;

    public static InvalidFileException NotPng(string name) => new(name, "This is not a PNG file: its signature is missing.");

    public ImageBuffer Decode(CancellationToken cancellationToken)
    {
        if (!file.Span.StartsWith(PngCodec.Signature))
            throw NotPng(name);
        ReadChunks();
        var compressed = imageData.Sum(d => (long)d.Length);
        if (header.InflatedBytes() > compressed * GreatestDeflateRatio)
            throw new InvalidFileException(name, $"{compressed} bytes of image data cannot hold {header.Width}x{header.Height} pixels.", "chunk IDAT", "The file was probably cut off.");
        var image = new PngRows(header, palette, transparency).MakeImage(text.Count > 0 ? text : null);
        try
        {
            ReadRows(image, cancellationToken);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new InvalidFileException(name, "The compressed image data is damaged.", "chunk IDAT", null, e);
        }

        return image;
    }

    void ReadChunks()
    {
        var position = PngCodec.Signature.Length;
        string? previous = null;
        while (true)
        {
            var rest = file.Span[position..];
            if (rest.Length < 12)
                throw Damaged(position, "The file ends before the chunk IEND.");
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
                throw Damaged(position, $"A chunk claims {length} bytes, but only {rest.Length - 12} are left.");
            var typeBytes = rest.Slice(4, 4);
            if (typeBytes.ContainsAnyExcept(Letters))
                throw Damaged(position, "The name of a chunk is not four letters.");
            var type = Encoding.ASCII.GetString(typeBytes);
            var expected = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]);
            if (Crc32.Append(0, rest.Slice(4, 4 + (int)length)) != expected)
                throw Damaged(position, $"The checksum of the chunk {type} is wrong.");
            if (previous is null != (type == "IHDR"))
                throw Damaged(position, previous is null ? "The first chunk is not IHDR." : "There is a second chunk IHDR.");
            if (type == "IEND")
            {
                if (imageData.Count == 0)
                    throw Damaged(position, "There is no image data (chunk IDAT).");
                return;
            }

            ReadChunk(type, file.Slice(position + 8, (int)length), position, previous);
            previous = type;
            position += 12 + (int)length;
        }
    }

    void ReadChunk(string type, ReadOnlyMemory<byte> data, int position, string? previous)
    {
        switch (type)
        {
            case "IHDR":
                header = ReadHeader(data.Span, position);
                break;
            case "PLTE":
                ReadPalette(data.Span, position);
                break;
            case "tRNS":
                ReadTransparency(data.Span, position);
                break;
            case "IDAT":
                if (imageData.Count > 0 && previous != "IDAT")
                    throw Damaged(position, "The chunks IDAT do not follow one another.");
                if (header.ColorType == PngColorType.Palette && palette is null)
                    throw Damaged(position, "The picture has palette colours but no palette (chunk PLTE).");
                imageData.Add(data);
                break;
            case "tEXt" or "zTXt" or "iTXt":
                try
                {
                    var (keyword, value) = PngText.Read(type, data, options.MaximumTextBytes - textBytes);
                    textBytes += keyword.Length + value.Length;
                    text[keyword] = value;
                }
                catch (Exception e) when (IsDamage(e))
                {
                    throw Damaged(position, $"The chunk {type} is damaged or too large: {e.Message}", e);
                }

                break;
            default:
                // Bit 5 of the first letter: a reader that does not know a critical chunk must not go on.
                if (type[0] is >= 'A' and <= 'Z')
                    throw Damaged(position, $"The chunk {type} is marked critical and not known.");
                break;
        }
    }

    PngHeader ReadHeader(ReadOnlySpan<byte> data, int position)
    {
        if (data.Length != 13)
            throw Damaged(position, $"The chunk IHDR has {data.Length} bytes instead of 13.");
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
        var (depth, color) = (data[8], (PngColorType)data[9]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            throw Damaged(position, $"A size of {width}x{height} is not possible.");
        var valid = color switch
        {
            PngColorType.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColorType.Palette => depth is 1 or 2 or 4 or 8,
            PngColorType.Rgb or PngColorType.GrayAlpha or PngColorType.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!valid)
            throw Damaged(position, $"Colour type {data[9]} with {depth} bits a sample does not exist.");
        if (data[10] != 0 || data[11] != 0 || data[12] > 1)
            throw Damaged(position, $"Compression {data[10]}, filter {data[11]} or interlace {data[12]} is not known.");
        if ((ulong)width * height > (ulong)options.MaximumPixels)
            throw TooLarge(position, $"{width}x{height} pixels are more than {options.MaximumPixels}.", nameof(PngOptions.MaximumPixels));
        var result = new PngHeader((int)width, (int)height, depth, color, data[12] == 1);
        if (result.InflatedBytes() > options.MaximumInflatedBytes || (long)width * height * 4 > Array.MaxLength)
            throw TooLarge(position, $"The picture takes {result.InflatedBytes()} bytes of image data, more than {options.MaximumInflatedBytes}.", nameof(PngOptions.MaximumInflatedBytes));
        return result;
    }

    void ReadPalette(ReadOnlySpan<byte> data, int position)
    {
        if (palette is not null || imageData.Count > 0 || transparency is not null)
            throw Damaged(position, "The palette (chunk PLTE) is there twice or too late.");
        if (header.ColorType is PngColorType.Gray or PngColorType.GrayAlpha)
            throw Damaged(position, "A grey picture has a palette (chunk PLTE).");
        if (data.Length is 0 or > 768 || data.Length % 3 != 0)
            throw Damaged(position, $"A palette of {data.Length} bytes is not possible.");
        if (header.ColorType == PngColorType.Palette && data.Length / 3 > 1 << header.BitDepth)
            throw Damaged(position, $"A palette of {data.Length / 3} colours is too large for {header.BitDepth} bits.");
        palette = data.ToArray();
    }

    void ReadTransparency(ReadOnlySpan<byte> data, int position)
    {
        if (transparency is not null || imageData.Count > 0)
            throw Damaged(position, "The chunk tRNS is there twice or too late.");
        var valid = header.ColorType switch
        {
            PngColorType.Gray => data.Length == 2,
            PngColorType.Rgb => data.Length == 6,
            PngColorType.Palette => palette is not null && data.Length <= palette.Length / 3,
            _ => false,
        };
        if (!valid)
            throw Damaged(position, $"A chunk tRNS of {data.Length} bytes does not go with colour type {(int)header.ColorType}.");
        transparency = data.ToArray();
    }

    void ReadRows(ImageBuffer image, CancellationToken cancellationToken)
    {
        using var inflated = new ZLibStream(new SegmentStream(imageData), CompressionMode.Decompress);
        var rows = new PngRows(header, palette, transparency);
        foreach (var pass in header.Interlaced ? PngPass.All : [PngPass.Whole])
        {
            var (columns, count) = pass.Size(header.Width, header.Height);
            if (columns == 0)
                continue;
            var length = (int)header.RowBytes(columns);
            var (row, above) = (new byte[length + 1], new byte[length + 1]);
            for (var y = 0; y < count; y++)
            {
                if ((y & 63) == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                if (inflated.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
                    throw new InvalidFileException(name, $"The image data ends in row {y} of {count}.", "chunk IDAT", "The file was probably cut off.");
                if (row[0] >= PngFilter.Count)
                    throw new InvalidFileException(name, $"Row {y} has the filter {row[0]}, which does not exist.", "chunk IDAT");
                PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), header.FilterDistance);
                if (!rows.Unpack(row.AsSpan(1), columns, image.Row(pass.Y + (y * pass.StepY)), pass.X, pass.StepX))
                    throw new InvalidFileException(name, $"Row {y} has a colour that the palette lacks.", "chunk IDAT");
                (row, above) = (above, row);
            }
        }
    }

    /// <summary>What inflating bad data throws: an IOException where zlib asks for what PNG does not have, such as a preset dictionary.</summary>
    static bool IsDamage(Exception e) => e is InvalidDataException or IOException;

    InvalidFileException Damaged(int position, string problem, Exception? inner = null) => new(name, problem, $"offset {position}", null, inner);

    InvalidFileException TooLarge(int position, string problem, string option) =>
        new(name, problem, $"offset {position}", $"Raise {nameof(PngOptions)}.{option} if the file is to be trusted.");
}
