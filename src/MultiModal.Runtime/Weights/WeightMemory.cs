using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MultiModal.Runtime.Weights;

/// <summary>The bytes of one tensor at a fixed address: a window of the mapped file, or a copy where there is none.</summary>
/// <remarks>
/// Valid until disposed, even when the file it comes from is disposed first. The mapped bytes are the file's: they are never to be
/// written, and the file must not be shortened meanwhile.
/// </remarks>
public sealed unsafe class WeightMemory : IDisposable
{
    readonly SafeBuffer? mapped;
    nint pointer;

    WeightMemory(byte* pointer, long length, SafeBuffer? mapped)
    {
        this.pointer = (nint)pointer;
        this.mapped = mapped;
        Length = length;
    }

    /// <summary>Gives up the memory when nobody disposed it.</summary>
    ~WeightMemory() => Release();

    /// <summary>How many bytes there are.</summary>
    public long Length { get; }

    /// <summary>Whether the bytes are the file's own pages rather than a copy.</summary>
    public bool IsMapped => mapped is not null;

    /// <summary>The address of the first byte.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given up.</exception>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == 0, this);
            return pointer;
        }
    }

    /// <summary>Gives up the memory.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    internal static WeightMemory Mapped(SafeMemoryMappedViewHandle view, long offset, long length)
    {
        byte* start = null;
        view.AcquirePointer(ref start);
        return new(start + offset, length, view);
    }

    internal static WeightMemory CopyOf(WeightTensor tensor)
    {
        if (tensor.ByteLength > int.MaxValue)
            throw new NotSupportedException($"{tensor} is larger than 2 GB and cannot be copied.");
        var start = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(tensor.ByteLength, 1), 64);
        var memory = new WeightMemory(start, tensor.ByteLength, null);
        try
        {
            tensor.CopyTo(new Span<byte>(start, (int)tensor.ByteLength));
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    void Release()
    {
        var held = Interlocked.Exchange(ref pointer, 0);
        if (held == 0)
            return;
        if (mapped is null)
            NativeMemory.AlignedFree((void*)held);
        else
            mapped.ReleasePointer();
    }
}
