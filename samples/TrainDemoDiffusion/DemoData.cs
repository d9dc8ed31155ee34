using MultiModal.Diffusion.Training.Data;
using MultiModal.Images;

namespace TrainDemoDiffusion;

/// <summary>The data sets as folders: color/ and line/, each picture with its captions beside it.</summary>
sealed class DemoData(string work)
{
    public const int Side = 64;

    public string Colour => Path.Combine(work, "color");

    public string Line => Path.Combine(work, "line");

    /// <summary>Makes the folders from the package, unless they are there.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var emoji = await EmojiSelection.ReadAsync(await EmojiPackage.InstallAsync(work, cancellationToken), cancellationToken);
        if (Directory.Exists(Line) && Directory.EnumerateFiles(Line, "*.png").Count() == emoji.Count) return;
        Directory.CreateDirectory(Colour);
        Directory.CreateDirectory(Line);
        for (var i = 0; i < emoji.Count; i++)
        {
            var picture = await PngCodec.Default.LoadAsync(emoji[i].File, cancellationToken);
            var name = $"{i:D3}-{emoji[i].Name.Replace(' ', '-')}";
            foreach (var (folder, image) in new[] { (Colour, picture.Over(255, 255, 255)), (Line, LineArt.Of(picture)) })
            {
                await File.WriteAllLinesAsync(Path.Combine(folder, name + ".txt"), emoji[i].Captions, cancellationToken);
                await PngCodec.Default.SaveAsync(image, Path.Combine(folder, name + ".png"), cancellationToken);
            }
        }

        Console.WriteLine($"{emoji.Count} pictures in {Colour}, the same as line art in {Line}");
    }

    /// <summary>Opens a folder of pictures; both together for the autoencoder, which must know lines as well.</summary>
    public static Task<ImageDataset> OpenAsync(string folder, CancellationToken cancellationToken) =>
        ImageDataset.OpenAsync(folder, new() { Resolution = Side, Buckets = false }, cancellationToken);
}
