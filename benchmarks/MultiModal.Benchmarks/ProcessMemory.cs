using System.Diagnostics;
using System.Globalization;

namespace MultiModal.Benchmarks;

/// <summary>What this process has in memory, in bytes, mapped files included.</summary>
static class ProcessMemory
{
    /// <summary>The most it has had.</summary>
    public static double Peak() => OperatingSystem.IsLinux() ? Of("VmHWM") : Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>What it has now.</summary>
    public static double Now() => OperatingSystem.IsLinux() ? Of("VmRSS") : Process.GetCurrentProcess().WorkingSet64;

    // "VmHWM:", a tab, perhaps spaces, the number, and its unit.
    static double Of(string name) => double.Parse(
        File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
