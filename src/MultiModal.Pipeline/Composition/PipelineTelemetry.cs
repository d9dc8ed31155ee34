using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MultiModal.Pipeline.Composition;

/// <summary>The traces and metrics of pipelines: source and meter <c>MultiModal.Pipeline</c>.</summary>
internal static class PipelineTelemetry
{
    public const string Name = "MultiModal.Pipeline";

    public static readonly ActivitySource Source = new(Name);

    static readonly Meter Meter = new(Name);

    static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] };

    static readonly Histogram<double> StepDuration = Meter.CreateHistogram("multimodal.pipeline.step.duration", "s", "Time an item spends at a step, waiting included.", null, Seconds);
    static readonly Histogram<double> QueueDuration = Meter.CreateHistogram("multimodal.pipeline.step.queue.duration", "s", "Time an item waits for its turn at a limited step.", null, Seconds);
    static readonly Histogram<double> RunDuration = Meter.CreateHistogram("multimodal.pipeline.run.duration", "s", "Time an item takes through a pipeline.", null, Seconds);
    static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>("multimodal.pipeline.run.active", "{item}", "Items on their way through a pipeline.");
    static readonly Histogram<long> BatchSize = Meter.CreateHistogram(
        "multimodal.pipeline.batch.size", "{item}", "Items in a batch.", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });

    public static bool IsEnabled => StepDuration.Enabled || RunDuration.Enabled || QueueDuration.Enabled || Active.Enabled || Source.HasListeners();

    public static void Step(string pipeline, string step, TimeSpan elapsed, Exception? error)
    {
        if (!StepDuration.Enabled)
            return;
        var tags = new TagList { { "multimodal.pipeline.name", pipeline }, { "multimodal.pipeline.step", step } };
        if (error is not null)
            tags.Add("error.type", ErrorType(error));
        StepDuration.Record(elapsed.TotalSeconds, tags);
    }

    public static void Queued(string pipeline, string step, TimeSpan elapsed)
    {
        if (QueueDuration.Enabled)
            QueueDuration.Record(elapsed.TotalSeconds, new TagList { { "multimodal.pipeline.name", pipeline }, { "multimodal.pipeline.step", step } });
    }

    public static void Began(string pipeline) => Active.Add(1, new KeyValuePair<string, object?>("multimodal.pipeline.name", pipeline));

    public static void Ended(string pipeline, TimeSpan elapsed, Exception? error)
    {
        Active.Add(-1, new KeyValuePair<string, object?>("multimodal.pipeline.name", pipeline));
        if (!RunDuration.Enabled)
            return;
        var tags = new TagList { { "multimodal.pipeline.name", pipeline } };
        if (error is not null)
            tags.Add("error.type", ErrorType(error));
        RunDuration.Record(elapsed.TotalSeconds, tags);
    }

    public static void Batch(string pipeline, string step, int size)
    {
        if (BatchSize.Enabled)
            BatchSize.Record(size, new TagList { { "multimodal.pipeline.name", pipeline }, { "multimodal.pipeline.step", step } });
    }

    public static void End(Activity? activity, Exception? error)
    {
        if (activity is null)
            return;
        if (error is not null)
        {
            activity.SetTag("error.type", ErrorType(error));
            activity.SetStatus(ActivityStatusCode.Error, error.Message);
        }

        activity.Dispose();
    }

    static string ErrorType(Exception error) => error.GetType().FullName ?? error.GetType().Name;
}
