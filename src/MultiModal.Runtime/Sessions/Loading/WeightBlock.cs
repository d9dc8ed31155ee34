using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Sessions;

/// <summary>A block of native memory for weights, aligned for vectors and, on Linux, in huge pages where the system gives them.</summary>
sealed unsafe partial class WeightBlock : SafeHandle
{
    const nuint HugePage = 2 << 20;

    public WeightBlock(long bytes)
        : base(0, ownsHandle: true)
    {
        ByteLength = bytes;
        var size = ((nuint)Math.Max(bytes, 1) + HugePage - 1) / HugePage * HugePage;
        SetHandle((nint)NativeMemory.AlignedAlloc(size, HugePage));
        LiveHandles.Opened(NativeHandleKind.Memory);
        AskForHugePages(handle, size);
    }

    public long ByteLength { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>The first byte. Valid until the block is disposed.</summary>
    public byte* Pointer => (byte*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        LiveHandles.Closed(NativeHandleKind.Memory);
        return true;
    }

    /// <summary>The first touch of a large block costs a fault for each 4 KiB otherwise, and its later use a miss of the address cache.</summary>
    static void AskForHugePages(nint pointer, nuint size)
    {
        const int MadvHugePage = 14;
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            // Advice: where it is refused, small pages do.
            _ = MAdvise(pointer, size, MadvHugePage);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(nint address, nuint length, int advice);
}
