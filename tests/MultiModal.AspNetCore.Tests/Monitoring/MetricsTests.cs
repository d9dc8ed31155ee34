using Microsoft.Extensions.DependencyInjection;
using MultiModal.AspNetCore.Tests.Support;

namespace MultiModal.AspNetCore.Tests.Monitoring;

public sealed class MetricsTests
{
    [Fact]
    public async Task Queues_and_refusals_are_counted_for_who_has_a_credential()
    {
        await using var host = await TestHost.StartAsync(services: static services => services.AddPrometheusExporter(), map: static app => app.MapMultiModalMetrics());
        await host.Stranger.GetAsync("metrics").IsProblemAsync(401, "unauthorized");
        // The exporter gathers from its first use on.
        await host.Client.GetStringAsync("metrics");
        (await host.Client.PostAsync("v1/voice/conversions", Tones.WavContent())).EnsureSuccessStatusCode().Dispose();
        await host.Client.GetAsync("v1/voices?model=none").IsProblemAsync(404, "model-unknown");
        var text = await host.Client.GetStringAsync("metrics");
        Assert.Matches("""multimodal_host_refusals[a-z_]*\{[^}]*code="model-unknown"[^}]*\} 1""", text);
        Assert.Matches("""multimodal_host_queue_running[a-z_]*\{[^}]*queue="voice"[^}]*\} 0""", text);
        Assert.Matches("""multimodal_host_queue_wait_seconds_count\{[^}]*queue="voice"[^}]*\} 1""", text);
    }
}
