using MultiModal.Diffusion.Training.Data;
using MultiModal.Images;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

/// <summary>Small pictures with captions in a folder of their own.</summary>
static class TrainingPictures
{
    public static ImageBuffer Flat(byte red, byte green, byte blue, int side = 32)
    {
        var image = new ImageBuffer(side, side);
        for (var i = 0; i < image.Pixels.Length; i += 3) (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (red, green, blue);
        return image;
    }

    /// <summary>A square of a colour on white: a flat picture would lose its colour in the first normalisation.</summary>
    public static ImageBuffer Square(byte red, byte green, byte blue, int side) => Square(red, green, blue, side, side / 4, side / 4, side / 2);

    public static ImageBuffer Square(byte red, byte green, byte blue, int side, int left, int top, int length)
    {
        var image = Flat(255, 255, 255, side);
        for (var y = top; y < top + length; y++)
            for (var x = left; x < left + length; x++)
            {
                var pixel = image.Row(y).Slice(x * 3, 3);
                (pixel[0], pixel[1], pixel[2]) = (red, green, blue);
            }

        return image;
    }

    public static string Write(TemporaryFolder folder, string name, ImageBuffer image, string? caption)
    {
        if (caption is not null) folder.Write(Path.ChangeExtension(name, ".txt"), System.Text.Encoding.UTF8.GetBytes(caption));
        return folder.Write(name, PngCodec.Default.Encode(image));
    }

    /// <summary>Red, green and blue squares under these names.</summary>
    public static Task<ImageDataset> ColoursAsync(TemporaryFolder folder, int side = 32)
    {
        Write(folder, "data/red.png", Square(220, 30, 30, side), "a red square");
        Write(folder, "data/green.png", Square(30, 200, 40, side), "a green square");
        Write(folder, "data/blue.png", Square(30, 40, 220, side), "a blue square");
        return ImageDataset.OpenAsync(folder.File("data"), new() { Resolution = side, Buckets = false });
    }
}
