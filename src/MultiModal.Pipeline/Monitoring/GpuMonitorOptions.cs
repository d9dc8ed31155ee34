namespace MultiModal.Pipeline.Monitoring;

/// <summary>How GPUs are watched.</summary>
public sealed class GpuMonitorOptions
{
    /// <summary>The tool.</summary>
    /// <value>The default value is <c>nvidia-smi</c>, found by PATH.</value>
    public string Tool { get; set; } = "nvidia-smi";

    /// <summary>How often it is asked; it takes some 50 ms of a processor each time.</summary>
    /// <value>The default value is 5 seconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it may take before it is ended.</summary>
    /// <value>The default value is 10 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the tool is asked in its form <c>dmon</c>, for drivers whose queries are restricted.</summary>
    /// <value>The default value is <see langword="false"/>: by query, which tells more.</value>
    public bool UseDmon { get; set; }
}
