using System.Globalization;
using System.Text;

namespace MultiModal.Pipeline.Monitoring.Prometheus;

/// <summary>The values of one combination of labels.</summary>
internal sealed class MetricSeries(MetricFamily family)
{
    readonly Lock gate = new();
    readonly long[] buckets = family.Boundaries is { } boundaries ? new long[boundaries.Length + 1] : [];
    double value;
    long observations;

    public bool HasValue { get; private set; }

    public void Set(double newest)
    {
        lock (gate)
            (value, HasValue) = (newest, true);
    }

    public void Add(double change)
    {
        lock (gate)
            (value, HasValue) = (value + change, true);
    }

    public void Observe(double observed)
    {
        // A bucket holds what is at most its boundary.
        var at = Array.BinarySearch(family.Boundaries!, observed);
        lock (gate)
        {
            buckets[at >= 0 ? at : ~at]++;
            (value, HasValue) = (value + observed, true);
            observations++;
        }
    }

    public void Write(StringBuilder text, string name, string labels)
    {
        lock (gate)
        {
            if (!HasValue)
                return;
            if (family.Boundaries is not { } boundaries)
            {
                Line(text, name, "", labels, value);
                return;
            }

            var total = 0L;
            for (var i = 0; i < buckets.Length; i++)
            {
                total += buckets[i];
                Line(text, name, "_bucket", $"{labels},le=\"{(i < boundaries.Length ? PrometheusNames.Number(boundaries[i]) : "+Inf")}\"", total);
            }

            Line(text, name, "_sum", labels, value);
            Line(text, name, "_count", labels, observations);
        }
    }

    static void Line(StringBuilder text, string name, string suffix, string labels, double number) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{suffix}{{{labels}}} {PrometheusNames.Number(number)}\n");
}
