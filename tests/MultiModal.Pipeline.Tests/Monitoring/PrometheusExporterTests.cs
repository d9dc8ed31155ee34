using System.Diagnostics.Metrics;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Monitoring.Prometheus;

namespace MultiModal.Pipeline.Tests.Monitoring;

[Collection(nameof(Metrics))]
public sealed class PrometheusExporterTests
{
    [Fact]
    public void Every_kind_of_instrument_is_written_as_Prometheus_reads_it()
    {
        using var meter = new Meter("Test.Kinds");
        var counter = meter.CreateCounter<long>("test.requests", "{request}", "Requests.\nAll of them.");
        var sum = meter.CreateUpDownCounter<int>("test.active");
        var gauge = meter.CreateGauge<double>("test.load", "1");
        var histogram = meter.CreateHistogram<double>("test.duration", "s", "How long.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        meter.CreateObservableCounter("test.read", static () => 7L, "By");
        meter.CreateObservableGauge("test.temperature", static () => new[] { new Measurement<float>(36.5f, new KeyValuePair<string, object?>("place", "in \"there\"\n\\")) }, "Cel");
        using var exporter = new PrometheusExporter(Only("Test.Kinds"));

        counter.Add(2, new("b.c", 1), new("a", true));
        counter.Add(3, new("a", true), new("b.c", 1));
        counter.Add(1);
        sum.Add(5);
        sum.Add(-2);
        gauge.Record(1);
        gauge.Record(0.25);
        foreach (var seconds in (double[])[0.05, 0.1, 0.5, 30]) histogram.Record(seconds);
        Assert.Equal(
            """
            # TYPE test_active gauge
            test_active{otel_scope_name="Test.Kinds"} 3
            # HELP test_duration_seconds How long.
            # TYPE test_duration_seconds histogram
            test_duration_seconds_bucket{otel_scope_name="Test.Kinds",le="0.1"} 2
            test_duration_seconds_bucket{otel_scope_name="Test.Kinds",le="1"} 3
            test_duration_seconds_bucket{otel_scope_name="Test.Kinds",le="+Inf"} 4
            test_duration_seconds_sum{otel_scope_name="Test.Kinds"} 30.65
            test_duration_seconds_count{otel_scope_name="Test.Kinds"} 4
            # TYPE test_load_ratio gauge
            test_load_ratio{otel_scope_name="Test.Kinds"} 0.25
            # TYPE test_read_bytes_total counter
            test_read_bytes_total{otel_scope_name="Test.Kinds"} 7
            # HELP test_requests_total Requests.\nAll of them.
            # TYPE test_requests_total counter
            test_requests_total{otel_scope_name="Test.Kinds"} 1
            test_requests_total{otel_scope_name="Test.Kinds",a="True",b_c="1"} 5
            # TYPE test_temperature_celsius gauge
            test_temperature_celsius{otel_scope_name="Test.Kinds",place="in \"there\"\n\\"} 36.5

            """.ReplaceLineEndings("\n"),
            exporter.Write());
    }

    [Fact]
    public void Too_many_combinations_are_counted_together()
    {
        using var meter = new Meter("Test.Many");
        var counter = meter.CreateCounter<long>("many");
        var options = Only("Test.*");
        options.MaxSeries = 10;
        using var exporter = new PrometheusExporter(options);
        Parallel.For(0, 1000, i => counter.Add(1, new KeyValuePair<string, object?>("user", i % 50)));
        var lines = exporter.Write().Split('\n').Where(static line => line.StartsWith("many_total", StringComparison.Ordinal)).ToList();
        Assert.Equal(11, lines.Count);
        Assert.Equal(1000, lines.Sum(static line => int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains("otel_metric_overflow=\"true\"} 800", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_gauge_that_throws_hides_nothing_else_and_one_that_is_gone_is_gone()
    {
        using var meter = new Meter("Test.Broken");
        var isThere = true;
        meter.CreateObservableGauge("broken", static int () => throw new FormatException());
        meter.CreateObservableGauge("fleeting", () => isThere ? new Measurement<int>[] { new(1) } : []);
        meter.CreateCounter<int>("whole").Add(1);
        using var exporter = new PrometheusExporter(Only("Test.Broken"));
        var whole = meter.CreateCounter<int>("later");
        whole.Add(1);
        Assert.Contains("fleeting{", exporter.Write(), StringComparison.Ordinal);
        isThere = false;
        Assert.DoesNotContain("fleeting{", exporter.Write(), StringComparison.Ordinal);
        Assert.Contains("later_total{otel_scope_name=\"Test.Broken\"} 1", exporter.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_known_combination_of_labels_costs_no_memory()
    {
        using var meter = new Meter("Test.Memory");
        var histogram = meter.CreateHistogram<double>("memory", "s");
        using var exporter = new PrometheusExporter(Only("Test.Memory"));
        for (var i = 0; i < 100; i++) Record();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Record();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record() => histogram.Record(0.5, new("name", "a"), new("step", "b"));
    }

    [Fact]
    public async Task Pipelines_tell_their_steps_batches_and_failures()
    {
        using var exporter = new PrometheusExporter();
        var pipeline = PipelineBuilder.Create<int>("metrics")
            .Then("work", static x => x == 3 ? throw new FormatException() : x, new() { MaxConcurrency = 2 })
            .Batch("batch", static (items, _) => Task.FromResult(items), new() { MaxSize = 4, MaxWait = TimeSpan.FromMilliseconds(1) })
            .Build();
        Assert.Equal(9, await pipeline.RunManyAsync(Enumerable.Range(0, 10)).CountAsync(static r => r.IsSuccess));
        var text = exporter.Write();
        Assert.Contains("multimodal_pipeline_step_duration_seconds_count{otel_scope_name=\"MultiModal.Pipeline\",multimodal_pipeline_name=\"metrics\",multimodal_pipeline_step=\"work\"} 9", text, StringComparison.Ordinal);
        Assert.Contains("error_type=\"System.FormatException\",multimodal_pipeline_name=\"metrics\",multimodal_pipeline_step=\"work\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("multimodal_pipeline_run_active{otel_scope_name=\"MultiModal.Pipeline\",multimodal_pipeline_name=\"metrics\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("multimodal_pipeline_batch_size_sum{otel_scope_name=\"MultiModal.Pipeline\",multimodal_pipeline_name=\"metrics\",multimodal_pipeline_step=\"batch\"} 9", text, StringComparison.Ordinal);
        Assert.Contains("multimodal_pipeline_step_queue_duration_seconds_count{otel_scope_name=\"MultiModal.Pipeline\",multimodal_pipeline_name=\"metrics\",multimodal_pipeline_step=\"work\"} 10", text, StringComparison.Ordinal);
    }

    static PrometheusOptions Only(string meter)
    {
        var options = new PrometheusOptions();
        options.Meters.Clear();
        options.Meters.Add(meter);
        return options;
    }
}
