namespace MultiModal.Images;

/// <summary>Reads and writes one file format of pictures.</summary>
/// <remarks>Implementations are stateless and safe for concurrent calls. For files by path see <see cref="ImageCodecExtensions"/>.</remarks>
public interface IImageCodec
{
    /// <summary>The endings of the format's file names, with the dot, the usual one first.</summary>
    IReadOnlyList<string> FileExtensions { get; }

    /// <summary>Whether a file that starts like this is of the format.</summary>
    /// <param name="start">The first bytes of the file; 16 are enough for every known format.</param>
    bool CanRead(ReadOnlySpan<byte> start);

    /// <summary>Reads a picture.</summary>
    /// <param name="source">Where it is read from, to the end of the picture at least.</param>
    /// <param name="name">What errors call the source: its path, or any name.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidFileException">The data is damaged, of another format, or beyond the codec's limits.</exception>
    Task<ImageBuffer> ReadAsync(Stream source, string name, CancellationToken cancellationToken = default);

    /// <summary>Writes a picture with its <see cref="ImageBuffer.Text"/>, where the format can hold it.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="target">Where it is written to.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    Task WriteAsync(ImageBuffer image, Stream target, CancellationToken cancellationToken = default);
}
