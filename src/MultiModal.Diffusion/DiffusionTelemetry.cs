using System.Diagnostics;
using System.Diagnostics.Metrics;
using MultiModal.Diffusion.Generation;

namespace MultiModal.Diffusion;

/// <summary>The traces and metrics of drawing: source and meter <c>MultiModal.Diffusion</c>, attributes by OpenTelemetry's conventions for generative models.</summary>
static class DiffusionTelemetry
{
    public const string Name = "MultiModal.Diffusion";

    static readonly ActivitySource Source = new(Name);

    static readonly Meter Meter = new(Name);

    static readonly Histogram<double> RequestDuration = Meter.CreateHistogram(
        "multimodal.diffusion.request.duration", "s", "Time a request takes.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] });

    static readonly Histogram<double> StepDuration = Meter.CreateHistogram(
        "multimodal.diffusion.step.duration", "s", "Time a sampling step takes.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    static readonly Counter<long> Images = Meter.CreateCounter<long>("multimodal.diffusion.images", "{image}", "Pictures drawn.");

    /// <summary>Measures a request.</summary>
    public static async Task<IReadOnlyList<GeneratedImage>> MeasureAsync(string model, ImageRequest request, Func<Task<IReadOnlyList<GeneratedImage>>> draw)
    {
        using var activity = Source.StartActivity($"generate_content {model}");
        activity?.SetTag("gen_ai.operation.name", "generate_content").SetTag("gen_ai.provider.name", "onnx").SetTag("gen_ai.request.model", model)
            .SetTag("gen_ai.output.type", "image").SetTag("gen_ai.request.choice.count", request.Count).SetTag("gen_ai.request.seed", request.Seed);
        var begun = Stopwatch.GetTimestamp();
        Exception? failure = null;
        try
        {
            var images = await draw().ConfigureAwait(false);
            Images.Add(images.Count, new KeyValuePair<string, object?>("gen_ai.request.model", model));
            return images;
        }
        catch (Exception error)
        {
            failure = error;
            activity?.SetStatus(ActivityStatusCode.Error, error.Message).SetTag("error.type", error.GetType().FullName);
            throw;
        }
        finally
        {
            if (RequestDuration.Enabled)
            {
                var tags = new TagList { { "gen_ai.request.model", model } };
                if (failure is not null) tags.Add("error.type", failure.GetType().FullName);
                RequestDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, tags);
            }
        }
    }

    public static void Step(string model, TimeSpan elapsed) => StepDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("gen_ai.request.model", model));
}
