namespace MultiModal.Runtime.Weights;

/// <summary>A run of bytes in a file.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="Offset">Where the run begins, in bytes from the start of the file.</param>
/// <param name="Length">How many bytes it has.</param>
public readonly record struct FileRegion(string Path, long Offset, long Length);
