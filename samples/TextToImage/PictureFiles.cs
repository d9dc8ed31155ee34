using MultiModal.Images;

namespace TextToImage;

/// <summary>Pictures that the command line names.</summary>
static class PictureFiles
{
    public static async Task<ImageBuffer?> LoadAsync(string? path, CancellationToken cancellationToken) =>
        path is null ? null : await PngCodec.Default.LoadAsync(path, cancellationToken);
}
