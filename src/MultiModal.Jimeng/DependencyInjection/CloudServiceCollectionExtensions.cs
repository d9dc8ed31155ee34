using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Auth;
using MultiModal.Jimeng.Capabilities;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Http;
using MultiModal.Jimeng.Volcengine;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the cloud clients to a container.</summary>
public static class CloudServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IBaiduAIClient"/> as a singleton, and what it can do as <see cref="ISpeechRecognizer"/>, <see cref="ISpeechSynthesizer"/>,
    /// <see cref="IImageGenerator"/>, <see cref="IImageDescriber"/>, <see cref="ITextCensor"/>, <see cref="IImageCensor"/> and <see cref="IChatModel"/>,
    /// each with the key <c>baidu</c>, and without a key where no other engine was registered before.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets keys and manners: <c>o => configuration.Bind("Baidu", o)</c>.</param>
    /// <returns>The builder of the HTTP client behind it, to extend or replace its handlers.</returns>
    public static IHttpClientBuilder AddBaiduAI(this IServiceCollection services, Action<BaiduAIOptions> configure) => services.AddBaiduAI(Options.Options.DefaultName, configure);

    /// <summary>Adds one of several <see cref="IBaiduAIClient"/>, as a keyed singleton, and what it can do with the same key.</summary>
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
        AddCapability(services, name, "baidu", provider => provider.GetRequiredKeyedService<IBaiduAIClient>(name).AsSpeechRecognizer());
        AddCapability(services, name, "baidu", provider => provider.GetRequiredKeyedService<IBaiduAIClient>(name).AsSpeechSynthesizer());
        AddCapability(services, name, "baidu", provider => provider.GetRequiredKeyedService<IBaiduAIClient>(name).AsImageGenerator(codecs: provider.GetServices<IImageCodec>()));
        AddCapability(services, name, "baidu", provider => provider.GetRequiredKeyedService<IBaiduAIClient>(name).AsImageDescriber());
        AddCapability(services, name, "baidu", provider => provider.GetRequiredKeyedService<IBaiduAIClient>(name).AsTextCensor());
        AddCapability(services, name, "baidu", provider => provider.GetRequiredKeyedService<IBaiduAIClient>(name).AsImageCensor());
        AddCapability(services, name, "baidu", provider => provider.GetRequiredKeyedService<IBaiduAIClient>(name).Chat.AsChatModel());
        return AddClient(services, ClientName("Baidu", name), provider => provider.GetRequiredKeyedService<BaiduParts>(name).Pipelines, provider =>
        {
            var parts = provider.GetRequiredKeyedService<BaiduParts>(name);
            return new BaiduAuthenticationHandler(parts.Options, parts.Tokens, parts.Clock);
        });
    }

    /// <summary>
    /// Adds <see cref="IJimengClient"/> as a singleton, and what it can do as <see cref="IImageGenerator"/> and <see cref="IImageEditor"/>, each with
    /// the key <c>jimeng</c>, and without a key where no other engine was registered before.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets keys and manners: <c>o => configuration.Bind("Jimeng", o)</c>.</param>
    /// <returns>The builder of the HTTP client behind it, to extend or replace its handlers.</returns>
    public static IHttpClientBuilder AddJimeng(this IServiceCollection services, Action<JimengOptions> configure) => services.AddJimeng(Options.Options.DefaultName, configure);

    /// <summary>Adds one of several <see cref="IJimengClient"/>, as a keyed singleton, and what it can do with the same key.</summary>
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
        AddCapability(services, name, "jimeng", provider => provider.GetRequiredKeyedService<IJimengClient>(name).AsImageGenerator(codecs: provider.GetServices<IImageCodec>()));
        AddCapability(services, name, "jimeng", provider => provider.GetRequiredKeyedService<IJimengClient>(name).AsImageEditor(provider.GetServices<IImageCodec>()));
        return AddClient(services, ClientName("Jimeng", name), provider => provider.GetRequiredKeyedService<JimengParts>(name).Pipelines, provider =>
        {
            var parts = provider.GetRequiredKeyedService<JimengParts>(name);
            return new VolcSigningHandler(parts.Options, parts.Clock);
        });
    }

    /// <summary>
    /// Adds an <see cref="IChatCompletionClient"/> for any endpoint that speaks OpenAI's language, as a keyed singleton, and as an
    /// <see cref="IChatModel"/> with the same key, and without one where no other was registered before.
    /// </summary>
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
        AddCapability(services, name, name, provider => provider.GetRequiredKeyedService<IChatCompletionClient>(name).AsChatModel());
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IChatModel>(name));
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

    // With the client's key, or the vendor's for the client without one, which also answers for the capability itself unless another does.
    static void AddCapability<T>(IServiceCollection services, string name, string vendor, Func<IServiceProvider, T> make)
        where T : class
    {
        var key = name.Length > 0 ? name : vendor;
        services.TryAddKeyedSingleton(key, (provider, _) => make(provider));
        if (name.Length == 0)
            services.TryAddSingleton(provider => provider.GetRequiredKeyedService<T>(key));
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
