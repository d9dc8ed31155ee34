namespace MultiModal.Pipeline.Monitoring.Prometheus;

/// <summary>How an instrument's values add up.</summary>
internal enum MetricKind
{
    /// <summary>Only ever more.</summary>
    Counter,

    /// <summary>More or less, by changes.</summary>
    Sum,

    /// <summary>The last value counts.</summary>
    Gauge,

    /// <summary>A distribution.</summary>
    Histogram,
}
