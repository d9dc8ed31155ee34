namespace MultiModal.Pipeline.Monitoring.Prometheus;

/// <summary>Which metrics are shown, and how many.</summary>
public sealed class PrometheusOptions
{
    /// <summary>The meters, by name; a star at the end stands for anything.</summary>
    /// <value>The default is <c>MultiModal.*</c>, and those of the runtime, the host and its HTTP clients.</value>
    public IList<string> Meters { get; } = ["MultiModal.*", "System.Runtime", "Microsoft.AspNetCore.*", "System.Net.Http"];

    /// <summary>How many combinations of labels an instrument may have; all further ones are counted together with the label <c>otel_metric_overflow</c>.</summary>
    /// <value>The default value is 2000, as OpenTelemetry has it.</value>
    public int MaxSeries { get; set; } = 2000;

    internal bool Matches(string meter)
    {
        foreach (var pattern in Meters)
        {
            if (pattern.EndsWith('*') ? meter.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase) : string.Equals(meter, pattern, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
