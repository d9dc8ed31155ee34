using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MultiModal.Pipeline.Monitoring;

/// <summary>
/// Watches the GPUs of this machine through nvidia-smi, and tells them as metrics of the meter <c>MultiModal.Gpu</c>, named by OpenTelemetry's
/// conventions for hardware. Where the tool is not there, there are no metrics, and no error.
/// </summary>
public sealed partial class GpuMonitor : BackgroundService
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MultiModal.Gpu";

    readonly GpuMonitorOptions options;
    readonly ILogger logger;
    readonly TimeProvider time;
    readonly Func<IReadOnlyList<string>, CancellationToken, Task<string?>> ask;
    readonly Meter meter = new(MeterName);
    IReadOnlyList<GpuSample> samples = [];

    /// <summary>Makes a monitor.</summary>
    /// <param name="options">How GPUs are watched.</param>
    /// <param name="logger">Hears why there are no metrics.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public GpuMonitor(IOptions<GpuMonitorOptions> options, ILogger<GpuMonitor> logger, TimeProvider? time = null)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Value, logger, time ?? TimeProvider.System, null)
    {
    }

    internal GpuMonitor(GpuMonitorOptions options, ILogger logger, TimeProvider time, Func<IReadOnlyList<string>, CancellationToken, Task<string?>>? ask)
    {
        (this.options, this.logger, this.time, this.ask) = (options, logger, time, ask ?? AskToolAsync);
        Gauge("hw.gpu.utilization", "1", "Share of time in which kernels ran.", static gpu => gpu.Utilization);
        Gauge("hw.gpu.memory.utilization", "1", "Share of the memory in use.", static gpu => gpu.MemoryUsed / (double?)gpu.MemoryTotal);
        Gauge("hw.gpu.memory.usage", "By", "Memory in use.", static gpu => gpu.MemoryUsed);
        Gauge("hw.gpu.memory.limit", "By", "Memory there is.", static gpu => gpu.MemoryTotal);
        Gauge("hw.temperature", "Cel", "Temperature.", static gpu => gpu.Temperature);
        Gauge("hw.power", "W", "Power drawn.", static gpu => gpu.Power);
        Gauge("hw.gpu.clock", "MHz", "Clock of the multiprocessors.", static gpu => gpu.Clock);
    }

    /// <summary>The GPUs as they were last seen; empty where there are none or the tool is not there.</summary>
    public IReadOnlyList<GpuSample> Samples => Volatile.Read(ref samples);

    /// <inheritdoc/>
    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await AskAsync(stoppingToken).ConfigureAwait(false))
            await Task.Delay(options.Interval, time, stoppingToken).ConfigureAwait(false);
    }

    /// <summary>Asks once; false where asking again is no use.</summary>
    internal async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        string[] arguments = options.UseDmon ? ["dmon", "-s", "pucm", "-c", "1"] : [$"--query-gpu={NvidiaSmi.QueryFields}", "--format=csv,noheader,nounits"];
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (await ask(arguments, both.Token).ConfigureAwait(false) is not { } text)
            {
                NoTool(options.Tool);
                return false;
            }

            Volatile.Write(ref samples, options.UseDmon ? NvidiaSmi.ParseDmon(text) : NvidiaSmi.ParseQuery(text));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref samples, []);
            TooSlow(options.Tool, options.Timeout);
        }

        return true;
    }

    void Gauge(string name, string unit, string description, Func<GpuSample, double?> value) => meter.CreateObservableGauge(name, () => Measure(value), unit, description);

    IEnumerable<Measurement<double>> Measure(Func<GpuSample, double?> value)
    {
        foreach (var gpu in Samples)
        {
            if (value(gpu) is { } measured)
                yield return new(measured, new KeyValuePair<string, object?>("hw.id", gpu.Uuid ?? $"{gpu.Index}"), new("hw.name", gpu.Name ?? $"GPU {gpu.Index}"), new("hw.type", "gpu"));
        }
    }

    /// <summary>What the tool prints; null where it is not there.</summary>
    async Task<string?> AskToolAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = new(options.Tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true } };
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or PlatformNotSupportedException)
        {
            return null;
        }

        try
        {
            // Both are read, or a tool that complains at length would wait for ever.
            var complaints = process.StandardError.ReadToEndAsync(cancellationToken);
            var text = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await complaints.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return text;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Tool} is not there: no metrics of GPUs.")]
    partial void NoTool(string tool);

    [LoggerMessage(LogLevel.Warning, "{Tool} did not answer within {Timeout}: no metrics of GPUs until it does.")]
    partial void TooSlow(string tool, TimeSpan timeout);
}
