using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OtlpExport;

/// <summary>Takes what a collector takes over HTTP, and counts it.</summary>
internal sealed class CountingCollector : IAsyncDisposable
{
    readonly WebApplication application;

    CountingCollector(WebApplication application) => this.application = application;

    public Uri Address => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public long Traces { get; private set; }

    public long Metrics { get; private set; }

    public static async Task<CountingCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new CountingCollector(builder.Build());
        collector.application.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            if (signal == "traces")
                collector.Traces += body.Length;
            else
                collector.Metrics += body.Length;
            return Results.Bytes([], "application/x-protobuf");
        });
        await collector.application.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
