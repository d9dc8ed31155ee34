using MultiModal.Images.Png;

namespace MultiModal.Images;

/// <summary>Reads every PNG (all colour types and bit depths, interlaced or not) and writes 8-bit ones.</summary>
/// <remarks>
/// Reading gives 1 channel for grey, 3 for colour, 4 where there is transparency (an alpha channel or a tRNS chunk). Samples of
/// 16 bits are rounded to 8, those of 1, 2 and 4 bits spread over 0 to 255. Gamma and colour profiles are left alone.
/// Texts (tEXt, zTXt, iTXt) go into <see cref="ImageBuffer.Text"/>; of several with one keyword the last one stays.
/// </remarks>
public sealed class PngCodec : IImageCodec
{
    static readonly byte[] SignatureBytes = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
    static readonly string[] Extensions = [".png"];
    readonly PngOptions options;

    /// <summary>Makes a codec.</summary>
    /// <param name="options">Compression and limits; the defaults when null.</param>
    public PngCodec(PngOptions? options = null) => this.options = options ?? new();

    /// <summary>A codec with default options.</summary>
    public static PngCodec Default { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> FileExtensions => Extensions;

    internal static ReadOnlySpan<byte> Signature => SignatureBytes;

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> start) => start.StartsWith(SignatureBytes);

    /// <summary>Reads a picture from memory.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidFileException">The data is damaged, not PNG, or beyond the limits.</exception>
    public ImageBuffer Decode(ReadOnlyMemory<byte> data, string name = "PNG data", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new PngDecoder(data, name, options).Decode(cancellationToken);
    }

    /// <summary>Writes a picture to memory.</summary>
    /// <param name="image">The picture, with its text.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    /// <returns>The whole file.</returns>
    /// <exception cref="ArgumentException">A keyword of the text is not 1 to 79 printable Latin-1 characters, or a text holds a NUL.</exception>
    public byte[] Encode(ImageBuffer image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return PngEncoder.Encode(image, options, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ImageBuffer> ReadAsync(Stream source, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        using var data = new MemoryStream();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            // Whatever is not PNG is refused by its first bytes, before the rest is fetched.
            if (data.Length == 0 && read >= SignatureBytes.Length && !CanRead(buffer))
                throw PngDecoder.NotPng(name);
            if (data.Length + read > Math.Min(options.MaximumFileBytes, Array.MaxLength))
                throw new InvalidFileException(name, $"The file is larger than {options.MaximumFileBytes} bytes.", null, $"Raise {nameof(PngOptions)}.{nameof(PngOptions.MaximumFileBytes)} if it is to be trusted.");
            data.Write(buffer, 0, read);
        }

        var bytes = data.GetBuffer().AsMemory(0, (int)data.Length);
        return await Task.Run(() => Decode(bytes, name, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A keyword of the text is not 1 to 79 printable Latin-1 characters, or a text holds a NUL.</exception>
    public async Task WriteAsync(ImageBuffer image, Stream target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(target);
        var bytes = await Task.Run(() => Encode(image, cancellationToken), cancellationToken).ConfigureAwait(false);
        await target.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }
}
