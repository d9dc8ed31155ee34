using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MultiModal.Pipeline.Monitoring.Prometheus;
using MultiModal.Testing;

namespace MultiModal.Pipeline.Tests.Monitoring;

/// <summary>What the exporter writes, read by the real Prometheus.</summary>
[Collection(nameof(Metrics))]
public sealed class PrometheusScrapeTests
{
    [PrometheusFact]
    public async Task A_real_Prometheus_scrapes_counters_gauges_and_histograms()
    {
        using var meter = new Meter("Test.Scrape");
        var counter = meter.CreateCounter<long>("scrape.items", "{item}", "Items.");
        var gauge = meter.CreateGauge<double>("scrape.load", "1");
        var histogram = meter.CreateHistogram<double>("scrape.duration", "s");
        var options = new PrometheusOptions();
        options.Meters.Add("Test.Scrape");
        using var exporter = new PrometheusExporter(options);
        counter.Add(42, new KeyValuePair<string, object?>("odd", "a \"b\"\\\nc"));
        gauge.Record(0.5);
        for (var i = 1; i <= 100; i++) histogram.Record(i / 100.0);

        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var (target, port) = (((IPEndPoint)listener.LocalEndpoint).Port, FreePort());
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, exporter, stop.Token);
        var config = Path.Combine(folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(config, $"global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n  - job_name: multimodal\n    static_configs:\n      - targets: ['127.0.0.1:{target}']\n");
        using var prometheus = Process.Start(new ProcessStartInfo(
            PrometheusFactAttribute.Find("prometheus")!, [$"--config.file={config}", $"--storage.tsdb.path={Path.Combine(folder.Path, "data")}", $"--web.listen-address=127.0.0.1:{port}"])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var log = prometheus.StandardError.ReadToEndAsync();
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
            Assert.Equal(1, await QueryAsync(client, "up{job=\"multimodal\"}"));
            Assert.Equal(42, await QueryAsync(client, "scrape_items_total{odd=\"a \\\"b\\\"\\\\\\nc\",otel_scope_name=\"Test.Scrape\"}"));
            Assert.Equal(0.5, await QueryAsync(client, "scrape_load_ratio"));
            Assert.Equal(100, await QueryAsync(client, "scrape_duration_seconds_count"));
            Assert.InRange(await QueryAsync(client, "histogram_quantile(0.9, scrape_duration_seconds_bucket)"), 0.75, 1);
        }
        finally
        {
            prometheus.Kill(entireProcessTree: true);
            await stop.CancelAsync();
            await serving;
            await log;
        }
    }

    [PrometheusFact]
    public async Task Promtool_reads_every_line()
    {
        using var meter = new Meter("Test.Lint");
        var counter = meter.CreateCounter<long>("lint.items", "{item}", "Items.");
        var histogram = meter.CreateHistogram<double>("lint.duration", "s", "Time.");
        var gauge = meter.CreateGauge<double>("lint.level", "1", "Level.");
        var options = new PrometheusOptions();
        options.Meters.Add("Test.Lint");
        using var exporter = new PrometheusExporter(options);
        counter.Add(1, new KeyValuePair<string, object?>("odd", "\"\\\n{}=,"));
        histogram.Record(double.NaN);
        gauge.Record(double.PositiveInfinity);
        using var promtool = Process.Start(new ProcessStartInfo(PrometheusFactAttribute.Find("promtool")!, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await promtool.StandardInput.WriteAsync(exporter.Write());
        promtool.StandardInput.Close();
        var complaints = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();

        // Its opinions on names are of other people's metrics; what it cannot read is an error.
        Assert.DoesNotContain("error while linting", complaints, StringComparison.Ordinal);
        Assert.DoesNotContain("lint_", complaints, StringComparison.Ordinal);
    }

    /// <summary>The least of a web server: every request is answered with the metrics.</summary>
    static async Task ServeAsync(TcpListener listener, PrometheusExporter exporter, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                await using var stream = client.GetStream();
                var request = new byte[4096];
                var length = 0;
                while (request.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
                    length += await stream.ReadAsync(request.AsMemory(length), cancellationToken) is > 0 and var read ? read : throw new IOException("The request ended early.");
                var body = Encoding.UTF8.GetBytes(exporter.Write());
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {PrometheusExporter.ContentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), cancellationToken);
                await stream.WriteAsync(body, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    /// <summary>Asks until there is an answer: the first scrape takes a second or two.</summary>
    static async Task<double> QueryAsync(HttpClient client, string query)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var json = JsonDocument.Parse(await client.GetStringAsync(new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative)));
                var results = json.RootElement.GetProperty("data").GetProperty("result");
                if (results.GetArrayLength() > 0 && (!query.StartsWith("up", StringComparison.Ordinal) || results[0].GetProperty("value")[1].GetString() == "1"))
                    return double.Parse(results[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
            }
            catch (HttpRequestException) when (attempt < 600)
            {
                // It is still starting.
            }

            Assert.True(attempt < 600, $"Prometheus has nothing for {query}.");
            await Task.Delay(100);
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
