namespace MultiModal.Images;

/// <summary>How <see cref="ImageBuffer.Resize"/> makes samples that lie between pixels.</summary>
public enum ResizeFilter
{
    /// <summary>The nearest pixel: hard edges; right for masks and pixel art.</summary>
    Nearest,

    /// <summary>The mean of the pixels covered (area averaging): exact for shrinking by whole factors.</summary>
    Box,

    /// <summary>Linear between neighbours.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5 (Keys 1981).</summary>
    Bicubic,

    /// <summary>A windowed sinc with three lobes: the sharpest, and the default for photographs.</summary>
    Lanczos,
}
