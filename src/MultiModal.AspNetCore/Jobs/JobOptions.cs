namespace MultiModal.AspNetCore.Jobs;

/// <summary>Jobs: work that goes on without its caller.</summary>
public sealed class JobOptions
{
    /// <summary>How long a finished job and its result are kept; an hour by default.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The most jobs of one caller, finished ones included; 100 by default.</summary>
    public int MaximumPerCaller { get; set; } = 100;

    /// <summary>The most bytes of all results together; 512 MiB by default. Beyond, the oldest finished jobs go first.</summary>
    public long MaximumResultBytes { get; set; } = 512L << 20;
}
