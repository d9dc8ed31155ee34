using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace MultiModal.Pipeline.Monitoring.Prometheus;

/// <summary>
/// Gathers metrics of this process and writes them as Prometheus reads them (text exposition format 0.0.4), names and units as OpenTelemetry's
/// specification of compatibility translates them. Gathers from when it is made to when it is disposed. Safe for concurrent use.
/// </summary>
public sealed class PrometheusExporter : IDisposable
{
    /// <summary>The media type of what is written.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    readonly ConcurrentDictionary<Instrument, MetricFamily> families = new();
    readonly MeterListener listener = new();
    readonly Lock collecting = new();
    readonly PrometheusOptions options;

    /// <summary>Begins to gather.</summary>
    /// <param name="options">Which metrics; null for the defaults.</param>
    public PrometheusExporter(PrometheusOptions? options = null)
    {
        this.options = options ?? new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (this.options.Matches(instrument.Meter.Name) && MetricFamily.Of(instrument, this.options.MaxSeries) is { } family)
            {
                families[instrument] = family;
                self.EnableMeasurementEvents(instrument, family);
            }
        };
        listener.MeasurementsCompleted = (instrument, state) => families.TryRemove(new(instrument, (MetricFamily)state!));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => ((MetricFamily)state!).Record((double)value, tags));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        listener.Start();
    }

    /// <summary>All metrics as they stand.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        lock (collecting)
        {
            foreach (var family in families.Values)
                family.BeginCollection();
            RecordObservables();

            // Instruments of one name, from several meters, are one family: its head may stand only once.
            foreach (var group in families.Values.GroupBy(static family => family.Name).OrderBy(static group => group.Key, StringComparer.Ordinal))
            {
                var first = group.First();
                var headed = false;
                foreach (var family in group.Where(family => family.Type == first.Type))
                    family.Write(text, ref headed);
            }
        }

        return text.ToString();
    }

    /// <summary>Writes all metrics as they stand.</summary>
    /// <param name="target">Where to; UTF-8.</param>
    /// <param name="cancellationToken">Gives the writing up.</param>
    public async Task WriteAsync(Stream target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        await target.WriteAsync(Encoding.UTF8.GetBytes(Write()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops gathering.</summary>
    public void Dispose() => listener.Dispose();

    void RecordObservables()
    {
        try
        {
            listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // Somebody's gauge throws: that is its owner's bug, and no reason to show nothing at all.
        }
    }
}
