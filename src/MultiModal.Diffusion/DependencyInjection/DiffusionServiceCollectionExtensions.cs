using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;
using MultiModal.Diffusion.Generation;

namespace MultiModal.Diffusion.DependencyInjection;

/// <summary>Registers diffusion models.</summary>
public static class DiffusionServiceCollectionExtensions
{
    /// <summary>
    /// Registers a model under a name, as <see cref="DiffusionModelHost"/>, <see cref="IImageGenerator"/>, <see cref="IStreamingImageGenerator"/> and
    /// <see cref="IImageEditor"/> with the name as key; the first engine of each kind registered also without one. It is loaded at its first use; its options are checked when the application starts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="configure">Sets <see cref="DiffusionModelOptions.ModelPath"/> and what else differs from the defaults.</param>
    public static IServiceCollection AddDiffusionModel(this IServiceCollection services, string name, Action<DiffusionModelOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<DiffusionModelOptions>(name)
            .Configure(configure)
            .Validate(o => !string.IsNullOrEmpty(o.ModelPath), $"The diffusion model '{name}' needs a {nameof(DiffusionModelOptions.ModelPath)}.")
            .Validate(o => string.IsNullOrEmpty(o.ModelPath) || Path.Exists(o.ModelPath), $"The {nameof(DiffusionModelOptions.ModelPath)} of the diffusion model '{name}' names no folder and no file.")
            .Validate(o => o.UnloadWhenIdleFor is not { } time || time > TimeSpan.Zero, $"{nameof(DiffusionModelOptions.UnloadWhenIdleFor)} of the diffusion model '{name}' is a time above zero, or absent.")
            .ValidateOnStart();
        services.AddKeyedSingleton(name, static (provider, key) => new DiffusionModelHost(
            provider.GetRequiredService<IOptionsMonitor<DiffusionModelOptions>>().Get((string)key!), (string)key!, provider.GetService<TimeProvider>()));
        services.AddKeyedSingleton<IImageGenerator>(name, static (provider, key) => provider.GetRequiredKeyedService<DiffusionModelHost>(key));
        services.AddKeyedSingleton<IStreamingImageGenerator>(name, static (provider, key) => provider.GetRequiredKeyedService<DiffusionModelHost>(key));
        services.AddKeyedSingleton<IImageEditor>(name, static (provider, key) => provider.GetRequiredKeyedService<DiffusionModelHost>(key));
        services.AddSingleton<IModelHost>(provider => provider.GetRequiredKeyedService<DiffusionModelHost>(name));
        services.TryAddSingleton<IImageGenerator>(provider => provider.GetRequiredKeyedService<DiffusionModelHost>(name));
        services.TryAddSingleton<IStreamingImageGenerator>(provider => provider.GetRequiredKeyedService<DiffusionModelHost>(name));
        services.TryAddSingleton<IImageEditor>(provider => provider.GetRequiredKeyedService<DiffusionModelHost>(name));
        return services;
    }
}
