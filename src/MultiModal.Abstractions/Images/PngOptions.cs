using System.IO.Compression;

namespace MultiModal.Images;

/// <summary>How <see cref="PngCodec"/> writes, and what it refuses to read: a small file can claim to hold a huge picture.</summary>
public sealed record PngOptions
{
    /// <summary>How hard to compress; <see cref="CompressionLevel.Optimal"/> by default.</summary>
    public CompressionLevel Compression { get; init; } = CompressionLevel.Optimal;

    /// <summary>The largest file that is read, in bytes; 512 MB by default.</summary>
    public long MaximumFileBytes { get; init; } = 512L << 20;

    /// <summary>The most pixels a picture may have; 128 million (11,585 squared) by default.</summary>
    public long MaximumPixels { get; init; } = 128L << 20;

    /// <summary>The most bytes of inflated image data; 1 GB by default. Sixteen-bit pictures take eight bytes a pixel.</summary>
    public long MaximumInflatedBytes { get; init; } = 1L << 30;

    /// <summary>The most bytes all texts of a file may take together, inflated; 8 MB by default.</summary>
    public int MaximumTextBytes { get; init; } = 8 << 20;
}
