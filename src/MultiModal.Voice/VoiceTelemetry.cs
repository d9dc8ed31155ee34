using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MultiModal.Voice;

/// <summary>The traces and metrics of voice conversion: source and meter <c>MultiModal.Voice</c>.</summary>
static class VoiceTelemetry
{
    public const string Name = "MultiModal.Voice";

    static readonly ActivitySource Source = new(Name);

    static readonly Meter Meter = new(Name);

    static readonly Histogram<double> ConversionDuration = Meter.CreateHistogram(
        "multimodal.voice.conversion.duration", "s", "Time a conversion takes.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    static readonly Counter<double> Sound = Meter.CreateCounter<double>("multimodal.voice.sound", "s", "Sound converted.");

    static readonly Histogram<double> BlockDuration = Meter.CreateHistogram(
        "multimodal.voice.block.duration", "s", "Time a block of a stream takes.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1] });

    static readonly Counter<long> Late = Meter.CreateCounter<long>("multimodal.voice.block.late", "{block}", "Blocks of streams that took longer than they last.");

    public static Activity? Begin() => Source.StartActivity("convert voice");

    public static void Converted(Activity? activity, TimeSpan elapsed, TimeSpan sound, Exception? error)
    {
        Sound.Add(sound.TotalSeconds);
        if (ConversionDuration.Enabled)
        {
            if (error is null) ConversionDuration.Record(elapsed.TotalSeconds);
            else ConversionDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("error.type", error.GetType().FullName));
        }

        if (error is not null) activity?.SetStatus(ActivityStatusCode.Error, error.Message).SetTag("error.type", error.GetType().FullName);
        activity?.Dispose();
    }

    public static void Block(TimeSpan elapsed, bool isLate)
    {
        BlockDuration.Record(elapsed.TotalSeconds);
        if (isLate) Late.Add(1);
    }
}
