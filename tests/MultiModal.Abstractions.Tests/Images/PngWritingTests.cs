using System.Text;

namespace MultiModal.Images.Tests;

public sealed class PngWritingTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("png-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task What_is_written_is_read_back(int channels)
    {
        foreach (var (width, height) in new[] { (1, 1), (7, 3), (64, 48), (257, 31) })
        {
            var image = Photo(width, height, channels, noise: 20);
            var path = Path.Combine(folder, "picture.png");
            await PngCodec.Default.SaveAsync(image, path);
            var back = await PngCodec.Default.LoadAsync(path);
            Assert.Equal((width, height, channels), (back.Width, back.Height, back.Channels));
            Assert.True(image.Pixels.SequenceEqual(back.Pixels));
            Assert.Single(Directory.GetFiles(folder));
        }
    }

    [Fact]
    public void Texts_survive_in_Latin_1_and_beyond()
    {
        var words = new Dictionary<string, string>
        {
            ["parameters"] = "a koi pond, (ink:1.2)\nNegative prompt: blurry\nSteps: 20",
            ["Author"] = "Zoë",
            ["Comment"] = "锦鲤 \U0001F41F\n“quoted”",
            ["Empty"] = "",
        };
        var file = PngCodec.Default.Encode(new ImageBuffer(2, 2) { Text = words });
        Assert.Equal(words, PngCodec.Default.Decode(file).Text.ToDictionary());
        var latin = Encoding.Latin1.GetString(file);
        Assert.Contains("tEXtparameters", latin, StringComparison.Ordinal);
        Assert.Contains("tEXtAuthor", latin, StringComparison.Ordinal);
        Assert.Contains("iTXtComment", latin, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData(" a", "x")]
    [InlineData("a  b", "x")]
    [InlineData("猫", "x")]
    [InlineData("a", "nul \0")]
    public void What_a_PNG_cannot_hold_is_refused(string keyword, string text)
    {
        var image = new ImageBuffer(1, 1) { Text = new Dictionary<string, string> { [keyword] = text } };
        Assert.Throws<ArgumentException>(() => PngCodec.Default.Encode(image));
    }

    [Fact]
    public void Filters_make_smooth_pictures_small()
    {
        var image = Photo(256, 256, 3, noise: 0);
        Assert.InRange(PngCodec.Default.Encode(image).Length, 1, image.Pixels.Length / 20);
    }

    [Fact]
    public async Task A_failed_write_leaves_the_old_file_and_no_other()
    {
        var path = Path.Combine(folder, "kept.png");
        await PngCodec.Default.SaveAsync(new ImageBuffer(1, 1), path);
        var before = await File.ReadAllBytesAsync(path);
        var bad = new ImageBuffer(1, 1) { Text = new Dictionary<string, string> { [""] = "" } };
        await Assert.ThrowsAsync<ArgumentException>(() => PngCodec.Default.SaveAsync(bad, path));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PngCodec.Default.SaveAsync(new ImageBuffer(9, 9), path, cancelled.Token));
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public async Task A_file_beyond_the_limit_is_refused_while_it_is_read()
    {
        var file = PngCodec.Default.Encode(Photo(64, 64, 3, noise: 99));
        var strict = new PngCodec(new() { MaximumFileBytes = 1000 });
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => strict.ReadAsync(new MemoryStream(file), "big.png"));
        Assert.Equal("big.png", error.File);
    }

    internal static ImageBuffer Photo(int width, int height, int channels, int noise)
    {
        var random = new Random(width);
        var image = new ImageBuffer(width, height, channels);
        for (var y = 0; y < height; y++)
        {
            for (var i = 0; i < width * channels; i++)
                image.Row(y)[i] = (byte)((i / channels / 2) + (y / 3) + (i % channels * 40) + random.Next(noise + 1));
        }

        return image;
    }
}
