using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace MultiModal.Runtime.Weights;

/// <summary>An open file of weights: reads at any offset, from any thread, and leases of its memory mapping.</summary>
/// <remarks>
/// Copies go through positioned reads, not through the mapping: a file that someone shortens meanwhile is then an error and not a bus
/// error of the process. The mapping exists for those who take the bytes where they lie. Both handles count their users, so that
/// disposing during a read ends after the read, and reading after disposing is an <see cref="ObjectDisposedException"/>.
/// </remarks>
sealed class RandomAccessFile : IDisposable
{
    readonly SafeFileHandle handle;
    readonly Lock mapping = new();
    MemoryMappedFile? file;
    MemoryMappedViewAccessor? view;
    bool disposed;

    public RandomAccessFile(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        handle = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        Length = RandomAccess.GetLength(handle);
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Fills the destination from an offset.</summary>
    /// <exception cref="InvalidFileException">The file ends before that.</exception>
    public void Read(long offset, Span<byte> destination, string? location = null)
    {
        while (!destination.IsEmpty)
        {
            // One system call moves at most 2 GB less a page.
            var read = RandomAccess.Read(handle, destination[..Math.Min(destination.Length, 1 << 30)], offset);
            if (read == 0)
                throw new InvalidFileException(Path, $"The file ends at byte {offset}, {destination.Length} bytes too early.", location);
            offset += read;
            destination = destination[read..];
        }
    }

    /// <summary>Reads a run of bytes into a new array. The caller has checked that the length is sane.</summary>
    public byte[] ReadBytes(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new InvalidFileException(Path, $"The file ends before byte {offset + length}.");
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>Maps the file, once, and lends a run of it. The mapping lives until the file is disposed and every lease is too.</summary>
    public WeightMemory Lease(long offset, long length)
    {
        lock (mapping)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            file ??= MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view ??= file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            return WeightMemory.Mapped(view.SafeMemoryMappedViewHandle, view.PointerOffset + offset, length);
        }
    }

    public void Dispose()
    {
        lock (mapping)
        {
            disposed = true;
            view?.Dispose();
            file?.Dispose();
            handle.Dispose();
        }
    }
}
