namespace MultiModal.Pipeline.Monitoring;

/// <summary>How a GPU does at a moment. What it or the tool does not tell is null.</summary>
/// <param name="Index">Its number on this machine.</param>
public sealed record GpuSample(int Index)
{
    /// <summary>Its identifier, which stays the same wherever it is plugged in.</summary>
    public string? Uuid { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>The share of time in which kernels ran, 0 to 1.</summary>
    public double? Utilization { get; init; }

    /// <summary>The share of time in which its memory was read or written, 0 to 1.</summary>
    public double? MemoryUtilization { get; init; }

    /// <summary>Memory in use, in bytes.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>Memory there is, in bytes.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>Its temperature, in degrees Celsius.</summary>
    public double? Temperature { get; init; }

    /// <summary>What it draws, in watts.</summary>
    public double? Power { get; init; }

    /// <summary>The clock of its multiprocessors, in MHz.</summary>
    public double? Clock { get; init; }
}
