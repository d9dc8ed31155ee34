using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace MultiModal.Pipeline.Monitoring.Prometheus;

/// <summary>One instrument's values, a series for each combination of labels.</summary>
internal sealed class MetricFamily
{
    // The boundaries of OpenTelemetry's SDKs, where an instrument advises none.
    static readonly double[] UsualBoundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    readonly ConcurrentDictionary<string, MetricSeries> series = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, MetricSeries>.AlternateLookup<ReadOnlySpan<char>> byLabels;
    readonly MetricSeries overflow;
    readonly int maxSeries;
    readonly string scope, help;
    readonly bool isObserved;
    readonly MetricKind kind;
    int count;

    MetricFamily(Instrument instrument, MetricKind kind, bool isObserved, double[]? boundaries, int maxSeries)
    {
        (this.kind, this.isObserved, this.maxSeries, Boundaries) = (kind, isObserved, maxSeries, boundaries);
        Name = PrometheusNames.Metric(instrument.Name, instrument.Unit, kind);
        Type = kind switch { MetricKind.Counter => "counter", MetricKind.Histogram => "histogram", _ => "gauge" };
        scope = $"otel_scope_name=\"{PrometheusNames.Escape(instrument.Meter.Name)}\"";
        help = PrometheusNames.EscapeHelp(instrument.Description ?? "");
        byLabels = series.GetAlternateLookup<ReadOnlySpan<char>>();
        overflow = new(this);
    }

    public string Name { get; }

    public string Type { get; }

    public double[]? Boundaries { get; }

    /// <summary>The family of an instrument; null for a kind that is not known.</summary>
    public static MetricFamily? Of(Instrument instrument, int maxSeries)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(Counter<>) ? new(instrument, MetricKind.Counter, false, null, maxSeries)
            : definition == typeof(ObservableCounter<>) ? new(instrument, MetricKind.Counter, true, null, maxSeries)
            : definition == typeof(UpDownCounter<>) ? new(instrument, MetricKind.Sum, false, null, maxSeries)
            : definition == typeof(ObservableUpDownCounter<>) || definition == typeof(ObservableGauge<>) ? new(instrument, MetricKind.Gauge, true, null, maxSeries)
            : definition == typeof(Gauge<>) ? new(instrument, MetricKind.Gauge, false, null, maxSeries)
            : definition == typeof(Histogram<>) ? new(instrument, MetricKind.Histogram, false, BoundariesOf(instrument), maxSeries)
            : null;
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var found = Find(tags);
        if (kind == MetricKind.Histogram)
            found.Observe(value);
        else if (kind == MetricKind.Gauge || isObserved)
            found.Set(value);
        else
            found.Add(value);
    }

    /// <summary>What observed instruments do not tell again is gone.</summary>
    public void BeginCollection()
    {
        if (!isObserved)
            return;
        series.Clear();
        count = 0;
    }

    public void Write(StringBuilder text, ref bool headed)
    {
        foreach (var (labels, one) in series.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
            Write(text, ref headed, labels.Length > 0 ? $"{scope},{labels}" : scope, one);
        if (overflow.HasValue)
            Write(text, ref headed, $"{scope},otel_metric_overflow=\"true\"", overflow);
    }

    void Write(StringBuilder text, ref bool headed, string labels, MetricSeries one)
    {
        if (!headed)
        {
            if (help.Length > 0)
                text.Append("# HELP ").Append(Name).Append(' ').Append(help).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(Type).Append('\n');
            headed = true;
        }

        one.Write(text, Name, labels);
    }

    MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var builder = new LabelBuilder(stackalloc char[256]);
        try
        {
            var labels = builder.Build(tags);
            if (byLabels.TryGetValue(labels, out var found))
                return found;
            if (Interlocked.Increment(ref count) > maxSeries)
            {
                Interlocked.Decrement(ref count);
                return overflow;
            }

            return series.GetOrAdd(labels.ToString(), static (_, family) => new(family), this);
        }
        finally
        {
            builder.Dispose();
        }
    }

    static double[] BoundariesOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } given } => [.. given],
        Histogram<float> { Advice.HistogramBucketBoundaries: { } given } => [.. given.Select(static x => (double)x)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } given } => [.. given.Select(static x => (double)x)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } given } => [.. given.Select(static x => (double)x)],
        // Seconds are told apart where they matter, as the conventions for HTTP and generative models do.
        { Unit: "s" } => [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        _ => UsualBoundaries,
    };
}
