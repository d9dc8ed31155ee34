namespace MultiModal.Runtime.Sessions;

/// <summary>How far the loading of a network is.</summary>
/// <param name="LoadedBytes">Bytes of weights in place, in the type computed with.</param>
/// <param name="TotalBytes">Bytes of weights in all.</param>
public readonly record struct SessionLoadProgress(long LoadedBytes, long TotalBytes)
{
    /// <summary>The part done, 0 to 1.</summary>
    public double Fraction => TotalBytes == 0 ? 1 : (double)LoadedBytes / TotalBytes;
}
