using System.Runtime.InteropServices;

namespace MultiModal.Runtime.Sessions;

/// <summary>Gives memory that was needed to load a large network back to the system, which otherwise stays with the process.</summary>
static partial class FreedMemory
{
    /// <summary>From how many bytes of weights on it is worth the time (some tens of milliseconds).</summary>
    const long WorthBytes = 64 << 20;

    /// <summary>Called after a network was loaded or released.</summary>
    /// <param name="weightBytes">How many bytes of weights went through the runtime's and our own memory meanwhile.</param>
    public static void Return(long weightBytes)
    {
        if (weightBytes < WorthBytes) return;

        // The protobuf the weights were in: arrays of that size are in the oldest generation, which may not be collected for minutes.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            // glibc keeps what was freed below something that is still in use: for a network of 860 million weights, 0.6 GB.
            _ = MallocTrim(0);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library (musl), which returns memory by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nint pad);
}
