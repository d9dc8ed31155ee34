using System.Globalization;
using System.Runtime.InteropServices;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Benchmarks.Latency;

/// <summary>The machine that figures are of.</summary>
static class Machine
{
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor()}, {Environment.ProcessorCount} processors for this process, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB, {RuntimeInformation.OSDescription.Split(' ')[0]}, .NET {Environment.Version}, ONNX Runtime {OnnxRuntimeInfo.Load().Version}");

    static string Processor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        var line = File.Exists(CpuInfo) ? File.ReadLines(CpuInfo).FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? $"{RuntimeInformation.ProcessArchitecture} processor";
    }
}
