using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MultiModal.Capabilities;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>A host on loopback with engines of its own, one address for HTTP/1.1 and one for HTTP/2 without TLS. Rates are high unless a test sets them.</summary>
sealed class TestHost : IAsyncDisposable
{
    public static readonly (string Key, string Hash) ApiKey = AspNetCore.Access.Keys.ApiKey.Create();
    public static readonly (string Key, string Hash) OtherKey = AspNetCore.Access.Keys.ApiKey.Create();

    readonly WebApplication app;

    TestHost(WebApplication app, TestVoice voice, TestPainter painter, TestLog log)
    {
        (this.app, Voice, Painter, Log) = (app, voice, painter, log);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        (Address, Http2Address) = (new(addresses[0]), new(addresses[1]));
        Client = NewClient();
        Client.DefaultRequestHeaders.Add("X-Api-Key", ApiKey.Key);
        Stranger = NewClient();
    }

    public Uri Address { get; }

    public Uri Http2Address { get; }

    public TestVoice Voice { get; }

    public TestPainter Painter { get; }

    public TestLog Log { get; }

    /// <summary>A client with a key.</summary>
    public HttpClient Client { get; }

    /// <summary>A client without one.</summary>
    public HttpClient Stranger { get; }

    public IServiceProvider Services => app.Services;

    public static async Task<TestHost> StartAsync(
        Action<MultiModalHostOptions>? configure = null, Action<IServiceCollection>? services = null, Action<KestrelServerOptions>? kestrel = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        var log = new TestLog();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel?.Invoke(options);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        var (voice, painter) = (new TestVoice(), new TestPainter());
        builder.Services.AddSingleton<IVoiceConverter>(voice);
        builder.Services.AddSingleton<IStreamingVoiceConverter>(voice);
        builder.Services.AddSingleton<IImageGenerator>(painter);
        builder.Services.AddSingleton<IImageEditor>(painter);
        builder.Services.AddMultiModalHost(options =>
        {
            options.Access.ApiKeys.Add(new() { Name = "tester", Hash = ApiKey.Hash });
            options.Access.ApiKeys.Add(new() { Name = "other", Hash = OtherKey.Hash });
            options.Limits.RequestsPerSecondAndAddress = options.Limits.RequestsPerSecondAndCaller = 100_000;
            configure?.Invoke(options);
        });
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapMultiModal();
        app.MapMultiModalPage();
        map?.Invoke(app);
        await app.StartAsync();
        return new(app, voice, painter, log);
    }

    public HttpClient NewClient(string? key = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        if (key is not null)
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Stranger.Dispose();
        await app.DisposeAsync();
    }
}
