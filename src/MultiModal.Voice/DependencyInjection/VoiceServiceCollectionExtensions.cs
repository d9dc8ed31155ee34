using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Streaming;

namespace MultiModal.Voice.DependencyInjection;

/// <summary>Registers voice models.</summary>
public static class VoiceServiceCollectionExtensions
{
    /// <summary>
    /// Registers a model under a name, as <see cref="VoiceModelHost"/>, <see cref="IVoiceConverter"/>, <see cref="IStreamingVoiceConverter"/> and <see cref="IVoiceStreamFactory"/> with the name as
    /// key; the first model registered also without one. It is loaded at its first use; its options are checked when the application starts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="configure">Sets <see cref="VoiceModelOptions.ModelPath"/> and what else differs from the defaults.</param>
    public static IServiceCollection AddVoiceModel(this IServiceCollection services, string name, Action<VoiceModelOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<VoiceModelOptions>(name)
            .Configure(configure)
            .Validate(o => !string.IsNullOrEmpty(o.ModelPath), $"The voice model '{name}' needs a {nameof(VoiceModelOptions.ModelPath)}.")
            .Validate(o => string.IsNullOrEmpty(o.ModelPath) || File.Exists(o.ModelPath), $"The {nameof(VoiceModelOptions.ModelPath)} of the voice model '{name}' names no file.")
            .Validate(o => o.UnloadWhenIdleFor is not { } time || time > TimeSpan.Zero, $"{nameof(VoiceModelOptions.UnloadWhenIdleFor)} of the voice model '{name}' is a time above zero, or absent.")
            .ValidateOnStart();
        services.AddKeyedSingleton(name, static (provider, key) => new VoiceModelHost(
            provider.GetRequiredService<IOptionsMonitor<VoiceModelOptions>>().Get((string)key!), (string)key!, provider.GetService<TimeProvider>()));
        services.AddKeyedSingleton<IVoiceConverter>(name, static (provider, key) => provider.GetRequiredKeyedService<VoiceModelHost>(key));
        services.AddKeyedSingleton<IStreamingVoiceConverter>(name, static (provider, key) => provider.GetRequiredKeyedService<VoiceModelHost>(key));
        services.AddKeyedSingleton<IVoiceStreamFactory>(name, static (provider, key) => provider.GetRequiredKeyedService<VoiceModelHost>(key));
        services.TryAddSingleton<IVoiceConverter>(provider => provider.GetRequiredKeyedService<VoiceModelHost>(name));
        services.AddSingleton<IModelHost>(provider => provider.GetRequiredKeyedService<VoiceModelHost>(name));
        services.TryAddSingleton<IStreamingVoiceConverter>(provider => provider.GetRequiredKeyedService<VoiceModelHost>(name));
        services.TryAddSingleton<IVoiceStreamFactory>(provider => provider.GetRequiredKeyedService<VoiceModelHost>(name));
        return services;
    }
}
