using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;
using MultiModal.Pipeline.Security;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the vault and the content filters.</summary>
public static class SecurityServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="VoiceVault"/> over a folder, and a service that destroys expired recordings. Options are checked when the application starts.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the folder and the master keys.</param>
    /// <remarks>An <see cref="IVaultStore"/> or <see cref="IMasterKeyProvider"/> registered before is used instead of the folder or the keys of the options.</remarks>
    public static IServiceCollection AddVoiceVault(this IServiceCollection services, Action<VoiceVaultOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<VoiceVaultOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VoiceVaultOptions>, VoiceVaultOptionsValidator>());
        services.TryAddSingleton<IVaultStore>(provider => new FileVaultStore(provider.GetRequiredService<IOptions<VoiceVaultOptions>>().Value.Folder));
        services.TryAddSingleton<IMasterKeyProvider>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<VoiceVaultOptions>>().Value;
            return new MasterKeyRing(options.MasterKeys.OrderByDescending(k => k.Key == options.CurrentMasterKey).Select(k => MasterKey.FromBase64(k.Key, k.Value)));
        });
        services.TryAddSingleton(static provider => new VoiceVault(
            provider.GetRequiredService<IVaultStore>(), provider.GetRequiredService<IMasterKeyProvider>(),
            provider.GetRequiredService<IOptions<VoiceVaultOptions>>().Value, provider.GetService<TimeProvider>()));
        services.AddHostedService<VaultPurger>();
        return services;
    }

    /// <summary>Registers a <see cref="ContentFilter"/> over every <see cref="ITextCensor"/> and <see cref="IImageCensor"/> there is, with the word list as one of them.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the policy; null for the default one.</param>
    /// <param name="words">The word list; null for <see cref="WordList.BuiltIn"/>.</param>
    public static IServiceCollection AddContentFilter(this IServiceCollection services, Action<ContentPolicy>? configure = null, WordList? words = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ContentPolicy>().Validate(static p => p.Threshold is >= 0 and <= 1, "ContentPolicy.Threshold lies between 0 and 1.").ValidateOnStart();
        if (configure is not null) services.Configure(configure);
        services.AddSingleton<ITextCensor>(new WordListCensor(words));
        services.TryAddSingleton<IContentAuditSink, LoggingAuditSink>();
        services.TryAddSingleton(static provider => new ContentFilter(
            provider.GetServices<ITextCensor>(), provider.GetServices<IImageCensor>(), provider.GetRequiredService<IOptions<ContentPolicy>>().Value,
            provider.GetService<IContentAuditSink>(), provider.GetService<TimeProvider>()));
        return services;
    }
}
