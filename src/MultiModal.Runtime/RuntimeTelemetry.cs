using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MultiModal.Runtime;

/// <summary>The metrics of networks: meter <c>MultiModal.Runtime</c>.</summary>
static class RuntimeTelemetry
{
    public const string Name = "MultiModal.Runtime";

    static readonly Meter Meter = new(Name);

    static readonly Histogram<double> LoadDuration = Meter.CreateHistogram(
        "multimodal.model.load.duration", "s", "Time it takes to load a model.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] });

    static readonly Histogram<double> RunDuration = Meter.CreateHistogram(
        "multimodal.network.run.duration", "s", "Time a network takes for a run.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    /// <summary>When a run begins; 0 where nobody wants to know.</summary>
    public static long Begin() => RunDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public static void Ran(string network, long begun)
    {
        if (begun != 0)
            RunDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, new KeyValuePair<string, object?>("multimodal.network", network));
    }

    public static void Loaded(string model, TimeSpan elapsed, Exception? error)
    {
        if (!LoadDuration.Enabled)
            return;
        var tags = new TagList { { "multimodal.model", model } };
        if (error is not null)
            tags.Add("error.type", error.GetType().FullName);
        LoadDuration.Record(elapsed.TotalSeconds, tags);
    }
}
