namespace MultiModal.Images;

/// <summary>Pictures in files, by any codec.</summary>
public static class ImageCodecExtensions
{
    /// <summary>Reads a picture from a file.</summary>
    /// <param name="codec">The format.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidFileException">The file is damaged, of another format, or beyond the codec's limits.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static async Task<ImageBuffer> LoadAsync(this IImageCodec codec, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
            return await codec.ReadAsync(stream, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a picture to a file. Others see the old file or the whole new one, never a part of it.</summary>
    /// <param name="codec">The format.</param>
    /// <param name="image">The picture.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="cancellationToken">Stops writing and leaves what was there.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task SaveAsync(this IImageCodec codec, ImageBuffer image, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentException.ThrowIfNullOrEmpty(path);

        // Beside the target, so that the move stays on one volume and is atomic.
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            await using (stream.ConfigureAwait(false))
                await codec.WriteAsync(image, stream, cancellationToken).ConfigureAwait(false);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
