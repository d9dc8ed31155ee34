using System.Text;

namespace MultiModal.Images.Tests;

public class PngReadingTests
{
    public static TheoryData<int, int, bool, bool> Kinds()
    {
        var data = new TheoryData<int, int, bool, bool>();
        foreach (var (type, depths) in new[] { (0, new[] { 1, 2, 4, 8, 16 }), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]) })
        {
            foreach (var depth in depths)
            {
                foreach (var interlaced in new[] { false, true })
                {
                    data.Add(type, depth, interlaced, false);
                    if (type < 4)
                        data.Add(type, depth, interlaced, true);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_colour_type_depth_and_interlacing_is_read(int type, int depth, bool interlaced, bool transparent)
    {
        foreach (var (width, height) in new[] { (1, 1), (3, 2), (5, 5), (8, 8), (13, 11), (33, 20) })
        {
            var random = new Random((width * 100) + height);
            var count = PngWriterForTests.SamplesOf(type);
            var colours = Math.Min(1 << depth, 200);
            var values = Enumerable.Range(0, width * height * count).Select(_ => random.Next(type == 3 ? colours : 1 << depth)).ToArray();
            var palette = new byte[3 * colours];
            random.NextBytes(palette);
            var alphas = new byte[Math.Max(1, colours / 2)];
            random.NextBytes(alphas);
            int At(int x, int y, int c) => values[(((y * width) + x) * count) + c];

            var chunks = new List<(string, byte[])>();
            if (type == 3)
                chunks.Add(("PLTE", palette));
            if (transparent)
                chunks.Add(("tRNS", type == 3 ? alphas : values.Take(count).SelectMany(v => new[] { (byte)(v >> 8), (byte)v }).ToArray()));
            var file = PngWriterForTests.Write(width, height, type, depth, interlaced, At, [.. chunks]);
            var image = PngCodec.Default.Decode(file);

            Assert.Equal((width, height), (image.Width, image.Height));
            Assert.Equal(transparent || type is 4 or 6 ? 4 : type == 0 ? 1 : 3, image.Channels);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var expected = Expected(x, y)[^image.Channels..];
                    Assert.Equal(expected, image.Pixels.Slice(((y * width) + x) * image.Channels, image.Channels).ToArray());
                }
            }

            // The last channels of (grey) or (red, green, blue, alpha), so that one slice serves every layout.
            byte[] Expected(int x, int y)
            {
                int Scale(int c) => (int)Math.Round(At(x, y, c) * 255.0 / ((1 << depth) - 1), MidpointRounding.AwayFromZero);
                if (type == 3)
                {
                    var index = At(x, y, 0);
                    byte[] rgb = palette[(3 * index)..((3 * index) + 3)];
                    return transparent ? [.. rgb, index < alphas.Length ? alphas[index] : (byte)255] : rgb;
                }

                var grey = type is 0 or 4;
                byte[] colour = grey ? [(byte)Scale(0), (byte)Scale(0), (byte)Scale(0)] : [(byte)Scale(0), (byte)Scale(1), (byte)Scale(2)];
                if (type is 4 or 6)
                    return [.. colour, (byte)Scale(count - 1)];
                if (!transparent)
                    return colour;
                var same = Enumerable.Range(0, count).All(c => At(x, y, c) == values[c]);
                return [.. colour, same ? (byte)0 : (byte)255];
            }
        }
    }

    [Fact]
    public void Texts_of_all_three_kinds_are_read()
    {
        var file = PngWriterForTests.Write(
            1, 1, 0, 8, false, (_, _, _) => 7,
            ("tEXt", [.. "Title"u8, 0, .. Encoding.Latin1.GetBytes("caf\u00E9")]),
            ("zTXt", [.. "Long"u8, 0, 0, .. PngWriterForTests.Deflate(Encoding.Latin1.GetBytes(new string('x', 5000)))]),
            ("iTXt", [.. "parameters"u8, 0, 0, 0, .. "en"u8, 0, .. "P"u8, 0, .. "一只猫"u8]),
            ("iTXt", [.. "packed"u8, 0, 1, 0, 0, 0, .. PngWriterForTests.Deflate("漢字"u8.ToArray())]));
        var text = PngCodec.Default.Decode(file).Text;
        Assert.Equal(4, text.Count);
        Assert.Equal("caf\u00E9", text["Title"]);
        Assert.Equal(new string('x', 5000), text["Long"]);
        Assert.Equal("一只猫", text["parameters"]);
        Assert.Equal("漢字", text["packed"]);
    }

    [Fact]
    public void Unknown_ancillary_chunks_are_passed_over_and_critical_ones_refused()
    {
        var image = PngCodec.Default.Decode(PngWriterForTests.Write(1, 1, 0, 8, false, (_, _, _) => 7, ("quIz", [1, 2, 3]), ("gAMA", [0, 0, 0, 1])));
        Assert.Equal([7], image.Pixels.ToArray());
        Refused(PngWriterForTests.Write(1, 1, 0, 8, false, (_, _, _) => 7, ("QUIZ", [])), "QUIZ");
    }

    [Fact]
    public void Damage_is_reported_with_the_file_and_the_place()
    {
        var good = PngWriterForTests.Write(9, 9, 2, 8, false, (x, y, c) => x + y + c);
        Refused([], "signature");
        Refused("GIF89a, not this one"u8.ToArray(), "signature");
        Refused(good[..^12], "IEND");
        Refused(good[..40], "chunk");
        var flipped = good.ToArray();
        flipped[20] ^= 1;
        var error = Refused(flipped, "checksum");
        Assert.Equal("damaged.png", error.File);
        Assert.Equal("offset 8", error.Location);
        Refused(File(("IEND", [])), "first chunk");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 0)), ("IEND", [])), "no image data");
        Refused(File(("IHDR", PngWriterForTests.Header(0, 1, 8, 0))), "size");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 3, 0))), "does not exist");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 5))), "does not exist");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 16, 3))), "does not exist");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 3)), ("IDAT", []), ("IEND", [])), "palette");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 0)), ("PLTE", [1, 2, 3])), "grey");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 6)), ("tRNS", [1, 2])), "tRNS");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 0)), ("IDAT", [1]), ("tEXt", [1, 0]), ("IDAT", [1])), "follow");
        Refused(File(("IHDR", PngWriterForTests.Header(2, 1, 8, 0)), ("IDAT", PngWriterForTests.Deflate([0, 1])), ("IEND", [])), "ends in row 0");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 0)), ("IDAT", PngWriterForTests.Deflate([9, 1])), ("IEND", [])), "filter 9");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 0)), ("IDAT", [0x78, 0x9C, 255, 255, 1, 2, 3]), ("IEND", [])), "damaged");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 0)), ("IDAT", [0x78, 0xBB, 0, 0, 0, 1, 2, 3, 4]), ("IEND", [])), "damaged");
        Refused(PngWriterForTests.Write(1, 1, 3, 8, false, (_, _, _) => 2, ("PLTE", [1, 2, 3, 4, 5, 6])), "palette lacks");
    }

    [Fact]
    public void Bombs_are_refused_before_anything_is_allocated()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(File(("IHDR", PngWriterForTests.Header(60_000, 60_000, 8, 6)), ("IDAT", [1]), ("IEND", [])), "MaximumPixels");
        Refused(File(("IHDR", PngWriterForTests.Header(11_000, 11_000, 16, 6)), ("IDAT", [1]), ("IEND", [])), "cannot hold");
        Refused(File(("IHDR", PngWriterForTests.Header(11_000, 11_000, 8, 6)), ("IDAT", new byte[100]), ("IEND", [])), "cannot hold");
        Refused(File(("IHDR", PngWriterForTests.Header(1, 1, 8, 0)), ("zTXt", [.. "a"u8, 0, 0, .. PngWriterForTests.Deflate(new byte[9 << 20])])), "limit");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L << 20);
        var strict = new PngCodec(new() { MaximumInflatedBytes = 100 });
        Assert.Throws<InvalidFileException>(() => strict.Decode(PngWriterForTests.Write(9, 12, 0, 8, false, (_, _, _) => 1)));
    }

    static byte[] File(params (string, byte[])[] chunks) => PngWriterForTests.Assemble(chunks);

    static InvalidFileException Refused(byte[] file, string because)
    {
        var error = Assert.Throws<InvalidFileException>(() => PngCodec.Default.Decode(file, "damaged.png"));
        Assert.Contains("damaged.png", error.Message, StringComparison.Ordinal);
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
        return error;
    }
}
