namespace MultiModal.Runtime.Downloads;

/// <summary>How far a download is.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Received">Bytes that are on disk, those of an earlier attempt included.</param>
/// <param name="Total">Bytes in all; null where neither the caller nor the server says.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Total)
{
    /// <summary>0 at the beginning, 1 at the end; null where the total is not known.</summary>
    public double? Fraction => Total is > 0 and var total ? Math.Min(1, Received / (double)total) : null;
}
