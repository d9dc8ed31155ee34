using System.Globalization;

namespace MultiModal.Pipeline.Monitoring;

/// <summary>How long something took, over all its times. Percentiles are exact, by nearest rank: p99 is a time that was really measured, and 99 % of the times are at most as long.</summary>
/// <param name="Count">How many times there are; all else is zero where there is none.</param>
/// <param name="Average">The mean.</param>
/// <param name="Min">The shortest.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="Max">The longest.</param>
public sealed record LatencySummary(long Count, TimeSpan Average, TimeSpan Min, TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan Max)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} times: avg {Average.TotalMilliseconds:0.###} ms, p50 {P50.TotalMilliseconds:0.###} ms, p90 {P90.TotalMilliseconds:0.###} ms, p99 {P99.TotalMilliseconds:0.###} ms, max {Max.TotalMilliseconds:0.###} ms");
}
