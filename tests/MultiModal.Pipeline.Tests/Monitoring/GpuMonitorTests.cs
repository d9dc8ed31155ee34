using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using MultiModal.Pipeline.Monitoring;
using MultiModal.Testing.Time;

namespace MultiModal.Pipeline.Tests.Monitoring;

[Collection(nameof(Metrics))]
public sealed class GpuMonitorTests
{
    const string Query = "0, GPU-1, NVIDIA A100, 50, 10, 1024, 4096, 61, 312.5, 1410\n1, GPU-2, NVIDIA A100, [N/A], 0, 0, 4096, 30, [N/A], 210\n";

    [Fact]
    public async Task What_the_tool_tells_becomes_metrics()
    {
        using var monitor = Monitor(static (_, _) => Task.FromResult<string?>(Query));
        Assert.True(await monitor.AskAsync(default));
        var seen = Read();
        Assert.Equal(0.5, seen[("hw.gpu.utilization", "GPU-1")]);
        Assert.DoesNotContain(("hw.gpu.utilization", "GPU-2"), seen.Keys);
        Assert.Equal((1073741824.0, 0.25, 312.5, 30), (seen[("hw.gpu.memory.usage", "GPU-1")], seen[("hw.gpu.memory.utilization", "GPU-1")], seen[("hw.power", "GPU-1")], seen[("hw.temperature", "GPU-2")]));
    }

    [Fact]
    public async Task The_tool_is_asked_again_and_again_in_the_form_that_is_wanted()
    {
        var (time, asked) = (new ManualTimeProvider(), new List<string>());
        using var monitor = new GpuMonitor(new() { UseDmon = true, Interval = TimeSpan.FromSeconds(7) }, NullLogger.Instance, time, (arguments, _) =>
        {
            asked.Add(arguments[0]);
            return Task.FromResult<string?>("# gpu   sm\n# Idx    %\n    0   " + (10 * asked.Count) + "\n");
        });
        await monitor.StartAsync(default);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(7));
        time.Advance(TimeSpan.FromSeconds(7));
        while (monitor.Samples is not [{ Utilization: 0.2 }]) await Task.Delay(1);
        await monitor.StopAsync(default);
        Assert.Equal(["dmon", "dmon"], asked);
    }

    [Fact]
    public async Task Without_the_tool_there_are_no_metrics_and_no_error()
    {
        static IHost Build(Action<GpuMonitorOptions> configure)
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Services.AddGpuMonitor(configure);
            return builder.Build();
        }

        using var application = Build(static o => o.Tool = "no-such-tool-anywhere");
        await application.StartAsync();
        var monitor = application.Services.GetRequiredService<GpuMonitor>();
        await monitor.ExecuteTask!;
        Assert.Empty(monitor.Samples);
        Assert.Empty(Read());
        await application.StopAsync();
    }

    [Fact]
    public async Task A_tool_that_hangs_is_ended_and_asked_again_later()
    {
        if (OperatingSystem.IsWindows()) return; // "sleep" is a Unix program.
        using var monitor = new GpuMonitor(new() { Tool = "sleep", Timeout = TimeSpan.FromMilliseconds(50) }, NullLogger.Instance, TimeProvider.System, null);
        using var slow = Monitor(static async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        });
        Assert.True(await slow.AskAsync(default));
        Assert.Empty(slow.Samples);

        // "sleep" refuses these arguments at once and prints nothing that could be read.
        Assert.True(await monitor.AskAsync(default));
        Assert.Empty(monitor.Samples);
    }

    static GpuMonitor Monitor(Func<IReadOnlyList<string>, CancellationToken, Task<string?>> ask) => new(new() { Timeout = TimeSpan.FromMilliseconds(200) }, NullLogger.Instance, TimeProvider.System, ask);

    static Dictionary<(string, string), double> Read()
    {
        var seen = new Dictionary<(string, string), double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == GpuMonitor.MeterName) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen[(instrument.Name, tags.ToArray().Single(static tag => tag.Key == "hw.id").Value as string ?? "")] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }
}
