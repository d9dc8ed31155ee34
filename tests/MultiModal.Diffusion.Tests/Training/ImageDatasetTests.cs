using System.Text;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Images;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

public sealed class ImageDatasetTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_bad_file_is_reported_with_what_to_do_before_anything_is_trained()
    {
        Write("good.png", 64, 64, "good");
        Write("no-caption.png", 64, 64, null);
        Write("small.png", 64, 20, "small");
        folder.Write("broken.png", [.. PngCodec.Default.Encode(TrainingPictures.Flat(1, 2, 3)).Take(60)]);
        folder.Write("broken.txt", "broken"u8);
        folder.Write("text.png", "this is no picture at all"u8);
        folder.Write("photo.jpg", [0xFF, 0xD8, 0xFF]);
        Write("latin.png", 64, 64, null);
        folder.Write("latin.txt", [0x63, 0x61, 0x66, 0xE9]);
        Write("empty.png", 64, 64, " \n ");
        var options = new ImageDatasetOptions { Resolution = 64, BucketStep = 8, MinimumSide = 32 };
        var error = await Assert.ThrowsAsync<InvalidDatasetException>(() => ImageDataset.OpenAsync(folder.Path, options));
        var problems = error.Problems.ToDictionary(p => Path.GetFileName(p.File));
        Assert.Equal(["broken.png", "empty.png", "latin.txt", "no-caption.png", "photo.jpg", "small.png", "text.png"], problems.Keys.Order(StringComparer.Ordinal));
        Assert.All(problems.Values, p => Assert.True(p.IsError && p.Remedy.Length > 0));
        Assert.Contains("64x20", problems["small.png"].Problem, StringComparison.Ordinal);
        Assert.Contains("no-caption.txt", problems["no-caption.png"].Remedy, StringComparison.Ordinal);
        Assert.Contains("photo.jpg", error.Message, StringComparison.Ordinal);

        var rest = await ImageDataset.OpenAsync(folder.Path, options with { SkipBadFiles = true });
        Assert.Equal("good", Assert.Single(rest.Images).Captions[0]);
        Assert.Equal(7, rest.Problems.Count);
    }

    [Fact]
    public async Task A_folder_without_pictures_is_an_error_whatever_the_options() =>
        await Assert.ThrowsAsync<InvalidDatasetException>(() => ImageDataset.OpenAsync(folder.Path, new() { SkipBadFiles = true }));

    [Fact]
    public async Task Folders_say_how_often_their_pictures_are_visited_and_what_they_show()
    {
        Write("12_sks dog/a.png", 64, 64, null);
        Write("12_sks dog/b.png", 64, 64, "a dog asleep");
        Write("plain/c.png", 64, 64, "c");
        var images = (await ImageDataset.OpenAsync(folder.Path, new() { Resolution = 64, BucketStep = 8 })).Images;
        Assert.Equal([("sks dog", 12), ("a dog asleep", 12), ("c", 1)], images.Select(i => (i.Captions[0], i.Repeats)));
    }

    [Fact]
    public async Task Lines_of_a_caption_are_alternatives_and_missing_captions_take_the_default()
    {
        Write("a.png", 64, 64, "a fox\r\n\r\n  fox  \n");
        Write("b.png", 64, 64, null);
        var images = (await ImageDataset.OpenAsync(folder.Path, new() { Resolution = 64, BucketStep = 8, DefaultCaption = "an animal" })).Images;
        Assert.Equal(["a fox", "fox"], images[0].Captions);
        Assert.Equal(["an animal"], images[1].Captions);
    }

    [Fact]
    public async Task Pictures_are_loaded_at_the_size_of_their_bucket_with_white_under_what_is_transparent()
    {
        folder.Write("a.png", PngCodec.Default.Encode(new ImageBuffer(128, 64, 4)));
        folder.Write("a.txt", "nothing"u8);
        var dataset = await ImageDataset.OpenAsync(folder.Path, new() { Resolution = 64, BucketStep = 8 });
        var place = dataset.Images[0].Placement;
        Assert.Equal((88, 40), (place.Width, place.Height));
        var picture = await dataset.LoadAsync(0);
        Assert.Equal((88, 40, 3), (picture.Width, picture.Height, picture.Channels));
        Assert.False(picture.Pixels.ContainsAnyExcept((byte)255));
    }

    [Fact]
    public async Task Pictures_much_smaller_than_their_bucket_are_warned_about()
    {
        Write("a.png", 16, 16, "a");
        var dataset = await ImageDataset.OpenAsync(folder.Path, new() { Resolution = 64, BucketStep = 8 });
        Assert.False(Assert.Single(dataset.Problems).IsError);
        Assert.Single(dataset.Images);
    }

    void Write(string name, int width, int height, string? caption)
    {
        folder.Write(name, PngCodec.Default.Encode(new ImageBuffer(width, height)));
        if (caption is not null) folder.Write(Path.ChangeExtension(name, ".txt"), Encoding.UTF8.GetBytes(caption));
    }
}
