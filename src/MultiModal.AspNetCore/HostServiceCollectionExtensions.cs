using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Access;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Grpc;
using MultiModal.AspNetCore.Grpc.Wire;
using MultiModal.AspNetCore.Hosting;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Limits;
using MultiModal.AspNetCore.Monitoring;
using MultiModal.AspNetCore.Realtime;
using MultiModal.AspNetCore.Rest;

namespace MultiModal.AspNetCore;

/// <summary>Registers the host.</summary>
public static class HostServiceCollectionExtensions
{
    /// <summary>
    /// Registers what <see cref="HostEndpointExtensions.MapMultiModal"/> needs. Engines are found by their interfaces in the same services, without a name and
    /// by name: <see cref="Capabilities.IImageGenerator"/>, <see cref="Capabilities.IImageEditor"/>, <see cref="Capabilities.IVoiceConverter"/>,
    /// <see cref="Capabilities.IStreamingVoiceConverter"/>. Options are checked when the application starts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options, such as <c>o => configuration.Bind("MultiModal", o)</c>.</param>
    public static IServiceCollection AddMultiModalHost(this IServiceCollection services, Action<MultiModalHostOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<MultiModalHostOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MultiModalHostOptions>, HostOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AccessControl>();
        services.TryAddSingleton<RequestRates>();
        services.TryAddSingleton<UploadBudget>();
        services.TryAddSingleton<EngineQueues>();
        services.TryAddSingleton<Faults>();
        services.AddMetrics();
        services.TryAddSingleton<HostMetrics>();
        services.TryAddSingleton<Guard>();
        services.TryAddSingleton(provider => new EngineCatalogue(services, provider));
        services.TryAddSingleton<JobRunner>();
        services.AddHostedService(static provider => provider.GetRequiredService<JobRunner>());
        services.TryAddSingleton<ImageWork>();
        services.TryAddSingleton<VoiceWork>();
        services.TryAddSingleton<Uploads>();
        services.TryAddSingleton<ImageEndpoints>();
        services.TryAddSingleton<VoiceEndpoints>();
        services.TryAddSingleton<JobEndpoints>();
        services.TryAddSingleton<ModelEndpoints>();
        services.TryAddSingleton<VoiceSocket>();
        services.TryAddSingleton<GrpcEndpoint>();
        services.TryAddSingleton<VoiceService>();
        services.TryAddSingleton<ImageService>();
        services.AddOpenApi(ApiDescription.Document, ApiDescription.Configure);
        services.TryAddSingleton<ApiDescription>();
        return services;
    }
}
