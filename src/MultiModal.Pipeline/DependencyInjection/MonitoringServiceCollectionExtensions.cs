using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MultiModal.Pipeline.Monitoring;
using MultiModal.Pipeline.Monitoring.Health;
using MultiModal.Pipeline.Monitoring.Prometheus;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what watches an application to a container.</summary>
public static class MonitoringServiceCollectionExtensions
{
    /// <summary>Watches the GPUs of this machine as long as the application runs. Without the tool for it nothing happens.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">How; null for the defaults.</param>
    public static IServiceCollection AddGpuMonitor(this IServiceCollection services, Action<GpuMonitorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<GpuMonitorOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(static o => o.Interval > TimeSpan.Zero && o.Timeout > TimeSpan.Zero, "The interval and the time limit of the GPU monitor are times above zero.")
            .ValidateOnStart();
        services.TryAddSingleton<GpuMonitor>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, GpuMonitor>(static provider => provider.GetRequiredService<GpuMonitor>()));
        return services;
    }

    /// <summary>Adds a <see cref="PrometheusExporter"/>, which gathers from its first use on.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Which metrics; null for the defaults.</param>
    public static IServiceCollection AddPrometheusExporter(this IServiceCollection services, Action<PrometheusOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<PrometheusOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton(static provider => new PrometheusExporter(provider.GetRequiredService<IOptions<PrometheusOptions>>().Value));
        return services;
    }

    /// <summary>Loads models when the application starts, and says which of them it needs to be ready (<see cref="ModelHealthCheck"/>).</summary>
    /// <param name="services">The container.</param>
    /// <param name="models">The models by name; none for all that are registered.</param>
    public static IServiceCollection AddModelPreloading(this IServiceCollection services, params string[] models)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(models);
        services.AddOptions<ModelHealthOptions>().Configure(options => options.Required = models.Length > 0 ? [.. models] : null);
        services.AddHostedService<ModelPreloader>();
        return services;
    }
}
