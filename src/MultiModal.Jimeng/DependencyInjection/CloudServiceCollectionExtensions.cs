using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Auth;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Http;
using MultiModal.Jimeng.Volcengine;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the cloud clients to a container.</summary>
public static class CloudServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IBaiduAIClient"/> as a singleton.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets keys and manners: <c>o => configuration.Bind("Baidu", o)</c>.</param>
    /// <returns>The builder of the HTTP client behind it, to extend or replace its handlers.</returns>
    public static IHttpClientBuilder AddBaiduAI(this IServiceCollection services, Action<BaiduAIOptions> configure) => services.AddBaiduAI(Options.Options.DefaultName, configure);

    /// <summary>Adds one of several <see cref="IBaiduAIClient"/>, as a keyed singleton.</summary>
    /// <param name="services">The container.</param>
    /// <param name="name">The key, and the name of its options.</param>
    /// <param name="configure">Sets keys and manners.</param>
    /// <returns>The builder of the HTTP client behind it.</returns>
    public static IHttpClientBuilder AddBaiduAI(this IServiceCollection services, string name, Action<BaiduAIOptions> configure)
    {
        AddOptions<BaiduAIOptions, BaiduAIOptionsAnnotations, BaiduAIOptionsValidator>(services, name, configure);
        services.TryAddKeyedSingleton(name, (provider, _) =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<BaiduAIOptions>>().Get(name);
            return new BaiduParts(options, Time(provider), Transport(provider, ClientName("Baidu", name)));
        });
        services.TryAddKeyedSingleton<IBaiduAIClient>(name, static (provider, key) => provider.GetRequiredKeyedService<BaiduParts>(key).Client);
        if (name == Options.Options.DefaultName)
            services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IBaiduAIClient>(name));
        return AddClient(services, ClientName("Baidu", name), provider => provider.GetRequiredKeyedService<BaiduParts>(name).Pipelines, provider =>
        {
            var parts = provider.GetRequiredKeyedService<BaiduParts>(name);
            return new BaiduAuthenticationHandler(parts.Options, parts.Tokens, parts.Clock);
        });
    }

    /// <summary>Adds <see cref="IJimengClient"/> as a singleton.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets keys and manners: <c>o => configuration.Bind("Jimeng", o)</c>.</param>
    /// <returns>The builder of the HTTP client behind it, to extend or replace its handlers.</returns>
    public static IHttpClientBuilder AddJimeng(this IServiceCollection services, Action<JimengOptions> configure) => services.AddJimeng(Options.Options.DefaultName, configure);

    /// <summary>Adds one of several <see cref="IJimengClient"/>, as a keyed singleton.</summary>
    /// <param name="services">The container.</param>
    /// <param name="name">The key, and the name of its options.</param>
    /// <param name="configure">Sets keys and manners.</param>
    /// <returns>The builder of the HTTP client behind it.</returns>
    public static IHttpClientBuilder AddJimeng(this IServiceCollection services, string name, Action<JimengOptions> configure)
    {
        AddOptions<JimengOptions, JimengOptionsAnnotations, JimengOptionsValidator>(services, name, configure);
        services.TryAddKeyedSingleton(name, (provider, _) =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<JimengOptions>>().Get(name);
            return new JimengParts(options, Time(provider), Transport(provider, ClientName("Jimeng", name)));
        });
        services.TryAddKeyedSingleton<IJimengClient>(name, static (provider, key) => provider.GetRequiredKeyedService<JimengParts>(key).Client);
        if (name == Options.Options.DefaultName)
            services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IJimengClient>(name));
        return AddClient(services, ClientName("Jimeng", name), provider => provider.GetRequiredKeyedService<JimengParts>(name).Pipelines, provider =>
        {
            var parts = provider.GetRequiredKeyedService<JimengParts>(name);
            return new VolcSigningHandler(parts.Options, parts.Clock);
        });
    }

    /// <summary>Adds an <see cref="IChatCompletionClient"/> for any endpoint that speaks OpenAI's language, as a keyed singleton.</summary>
    /// <param name="services">The container.</param>
    /// <param name="name">The key, the name of its options, and what errors call it.</param>
    /// <param name="configure">Sets the address, the key, the model.</param>
    /// <returns>The builder of the HTTP client behind it.</returns>
    public static IHttpClientBuilder AddChatEndpoint(this IServiceCollection services, string name, Action<ChatEndpointOptions> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        AddOptions<ChatEndpointOptions, ChatEndpointOptionsValidator, ChatEndpointOptionsValidator>(services, name, configure);
        services.TryAddKeyedSingleton(name, (provider, _) =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<ChatEndpointOptions>>().Get(name);
            return new ChatParts(name, options, Time(provider), Transport(provider, ClientName("Chat", name)));
        });
        services.TryAddKeyedSingleton<IChatCompletionClient>(name, static (provider, key) => provider.GetRequiredKeyedService<ChatParts>(key).Client);
        return AddClient(services, ClientName("Chat", name), provider => provider.GetRequiredKeyedService<ChatParts>(name).Pipelines, provider =>
            new BearerKeyHandler(provider.GetRequiredKeyedService<ChatParts>(name).Options.ApiKey));
    }

    /// <summary>
    /// Takes this library's retry, limits, time-outs and circuit breaker out of a client, for hosts that bring their own.
    /// <see cref="MultiModal.Jimeng.CloudResponse.GetErrorKind"/> tells them what an answer means.
    /// </summary>
    /// <param name="builder">What <see cref="AddBaiduAI(IServiceCollection, Action{BaiduAIOptions})"/> and the like returned.</param>
    /// <returns>The same builder; handlers added to it now stand innermost.</returns>
    public static IHttpClientBuilder RemoveCloudResilience(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureAdditionalHttpMessageHandlers(static (handlers, _) =>
        {
            for (var i = handlers.Count - 1; i >= 0; i--)
            {
                if (handlers[i] is ResilienceHandler)
                    handlers.RemoveAt(i);
            }
        });
    }

    /// <summary>Puts a handler around all others of a client, where it sees a call once, however often it is attempted.</summary>
    /// <param name="builder">What <see cref="AddBaiduAI(IServiceCollection, Action{BaiduAIOptions})"/> and the like returned.</param>
    /// <param name="create">Makes the handler.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder AddOuterHandler(this IHttpClientBuilder builder, Func<IServiceProvider, DelegatingHandler> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(create);
        return builder.ConfigureAdditionalHttpMessageHandlers((handlers, provider) => handlers.Insert(0, create(provider)));
    }

    static string ClientName(string kind, string name) => name.Length == 0 ? $"MultiModal.{kind}" : $"MultiModal.{kind}.{name}";

    static TimeProvider Time(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;

    static Func<CloudPipelines, Func<string, string>, CloudTransport> Transport(IServiceProvider provider, string client)
    {
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        return (pipelines, scrub) => new(() => factory.CreateClient(client), pipelines, scrub);
    }

    static void AddOptions<TOptions, TAnnotations, TValidator>(IServiceCollection services, string name, Action<TOptions> configure)
        where TOptions : class
        where TAnnotations : class, IValidateOptions<TOptions>
        where TValidator : class, IValidateOptions<TOptions>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TOptions>(name).Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TAnnotations>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
    }

    // From outside in: resilience, authentication, log, reading of answers. The framework's own log would show addresses.
    static IHttpClientBuilder AddClient(IServiceCollection services, string client, Func<IServiceProvider, CloudPipelines> pipelines, Func<IServiceProvider, DelegatingHandler> authentication) =>
        services.AddHttpClient(client)
            .ConfigureHttpClient(static http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ConnectTimeout = TimeSpan.FromSeconds(15),
                AutomaticDecompression = System.Net.DecompressionMethods.All,
                // Credentials in a header would follow a redirect to wherever it points.
                AllowAutoRedirect = false,
                UseCookies = false,
            })
            .RemoveAllLoggers()
            .AddHttpMessageHandler(provider => new ResilienceHandler(pipelines(provider)))
            .AddHttpMessageHandler(authentication)
            .AddHttpMessageHandler(provider => new CloudLoggingHandler(Logger(provider, client), Time(provider)))
            .AddHttpMessageHandler(static () => new ResponseReadingHandler());

    static ILogger Logger(IServiceProvider provider, string category) => provider.GetService<ILoggerFactory>()?.CreateLogger(category) ?? NullLogger.Instance;
}
