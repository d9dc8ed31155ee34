namespace MultiModal.Runtime.Weights.Torch;

/// <summary>A member of a zip archive, as its central directory describes it.</summary>
/// <param name="Name">The path in the archive.</param>
/// <param name="Method">0 stored, 8 deflated.</param>
/// <param name="Encrypted">Whether the member is encrypted.</param>
/// <param name="CompressedLength">Its bytes in the file.</param>
/// <param name="Length">Its bytes when unpacked.</param>
/// <param name="HeaderOffset">Where its local header is.</param>
sealed record ZipEntry(string Name, ushort Method, bool Encrypted, long CompressedLength, long Length, long HeaderOffset);
