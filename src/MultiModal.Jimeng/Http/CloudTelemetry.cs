using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MultiModal.Jimeng.Http;

/// <summary>The traces and metrics of cloud calls: source and meter <c>MultiModal.Jimeng</c>. Keys, texts and pictures are never in them.</summary>
internal static class CloudTelemetry
{
    public const string Name = "MultiModal.Jimeng";

    static readonly ActivitySource Source = new(Name);

    static readonly Meter Meter = new(Name);

    static readonly Histogram<double> CallDuration = Meter.CreateHistogram(
        "multimodal.cloud.call.duration", "s", "Time a call takes, repetitions and waiting included.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    static readonly Counter<long> Attempts = Meter.CreateCounter<long>("multimodal.cloud.attempts", "{attempt}", "Attempts made for calls.");

    /// <summary>Measures a call.</summary>
    public static async Task<HttpResponseMessage> MeasureAsync(CloudCall call, Uri? address, Func<Task<HttpResponseMessage>> send)
    {
        if (!CallDuration.Enabled && !Attempts.Enabled && !Source.HasListeners())
            return await send().ConfigureAwait(false);
        var provider = call.Vendor.ToLowerInvariant();
        using var activity = Source.StartActivity(call.Operation, ActivityKind.Client);
        activity?.SetTag("gen_ai.provider.name", provider).SetTag("server.address", address?.Host).SetTag("server.port", address?.Port);
        var begun = Stopwatch.GetTimestamp();
        string? failure = null;
        try
        {
            return await send().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = error is CloudApiException cloud ? cloud.Kind.ToString() : error.GetType().FullName;
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure);
            throw;
        }
        finally
        {
            activity?.SetTag("http.request.resend_count", Math.Max(0, call.Attempts - 1));
            var tags = new TagList { { "gen_ai.provider.name", provider }, { "multimodal.cloud.operation", call.Operation } };
            Attempts.Add(call.Attempts, tags);
            if (failure is not null)
                tags.Add("error.type", failure);
            CallDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }
}
