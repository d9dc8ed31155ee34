using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MultiModal.CloudSimulator.Baidu;
using MultiModal.CloudSimulator.Faults;
using MultiModal.CloudSimulator.Volcengine;

namespace MultiModal.CloudSimulator;

/// <summary>Baidu AI Cloud and Jimeng on one loopback address: the services' checks, limits and states, and faults by script.</summary>
public sealed class Simulator : IAsyncDisposable
{
    readonly WebApplication application;
    readonly ConcurrentDictionary<string, byte[]> files = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<(string Path, long Second), int> rates = new();
    long skewTicks;
    int served;

    Simulator(SimulatorOptions options)
    {
        Options = options;
        Tokens = new(options, Ledger);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Limits.MaxRequestBodySize = null;
            // Our own Date header follows the simulated clock.
            kestrel.AddServerHeader = false;
        });
        application = builder.Build();
        application.UseWebSockets();
        application.Use(next => context => new FaultMiddleware(this, next).InvokeAsync(context));
        application.Use(LimitAsync);
        BaiduEndpoints.Map(application, this);
        BaiduImageEndpoints.Map(application, this);
        BaiduSockets.Map(application, this);
        QianfanEndpoints.Map(application, this);
        VolcEndpoints.Map(application, this);
        application.MapGet("/files/{name}", async (HttpContext context, string name) =>
        {
            if (!files.TryGetValue(name, out var bytes))
            {
                context.Response.StatusCode = 404;
                return;
            }

            context.Response.ContentType = name.EndsWith(".mp4", StringComparison.Ordinal) ? "video/mp4" : "image/png";
            await context.Response.Body.WriteAsync(bytes);
        });
    }

    public SimulatorOptions Options { get; }

    public Ledger Ledger { get; } = new();

    public FaultScript Faults { get; } = new();

    public TokenIssuer Tokens { get; }

    /// <summary>Where all services answer.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The simulated services' time.</summary>
    public DateTimeOffset Now => Options.Time.GetUtcNow() + new TimeSpan(Interlocked.Read(ref skewTicks));

    public static async Task<Simulator> StartAsync(SimulatorOptions? options = null)
    {
        var simulator = new Simulator(options ?? new());
        await simulator.application.StartAsync();
        var addresses = simulator.application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        simulator.Address = new Uri(addresses.Addresses.First());
        return simulator;
    }

    /// <summary>Moves the services' clock by 20 minutes, there and back again.</summary>
    public void SkewClock() => Interlocked.Exchange(ref skewTicks, Interlocked.Read(ref skewTicks) == 0 ? TimeSpan.FromMinutes(20).Ticks : 0);

    public ValueTask DisposeAsync() => application.DisposeAsync();

    internal string Keep(byte[] bytes, string ending)
    {
        var name = $"{Guid.NewGuid():N}{ending}";
        files[name] = bytes;
        return new Uri(Address, $"files/{name}").AbsoluteUri;
    }

    async Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.Date = Now.ToString("R");
        var path = FaultMiddleware.Target(context.Request);
        if (path.StartsWith("/files", StringComparison.Ordinal) || path.StartsWith("/oauth", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        if (Options.Quota is { } quota && Interlocked.Increment(ref served) > quota)
            await Answers.QuotaAsync(context);
        else if (Options.QueriesPerSecond is { } limit && rates.AddOrUpdate((path, Options.Time.GetUtcNow().ToUnixTimeSeconds()), 1, static (_, count) => count + 1) > limit)
            await Answers.RateLimitAsync(context);
        else
            await next(context);
    }
}
