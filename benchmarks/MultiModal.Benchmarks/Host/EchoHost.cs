using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MultiModal.AspNetCore;
using MultiModal.Audio;
using MultiModal.Capabilities;

namespace MultiModal.Benchmarks.Host;

/// <summary>A host whose engine gives back what it is given: what is measured is the way there and back, with everything the host does on it.</summary>
sealed class EchoHost(WebApplication app) : IAsyncDisposable
{
    public const string Key = "mmk_benchmark-of-the-transport-and-nothing-else";

    Uri[] Addresses => [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(static address => new Uri(address))];

    public Uri Address => Addresses[0];

    public Uri Http2Address => Addresses[1];

    public static async Task<EchoHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static options =>
        {
            options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton<IVoiceConverter, Echo>();
        builder.Services.AddSingleton<IStreamingVoiceConverter, Echo>();
        builder.Services.AddMultiModalHost(static options =>
        {
            options.Access.ApiKeys.Add(new() { Name = "benchmark", Hash = AspNetCore.Access.Keys.ApiKey.Hash(Key) });
            options.Limits.RequestsPerSecondAndAddress = options.Limits.RequestsPerSecondAndCaller = 10_000_000;
            options.Limits.Voice = new() { Concurrency = 64, Length = 64 };
            options.Limits.VoiceStreams = new() { Concurrency = 64, Length = 0 };
        });
        var app = builder.Build();
        app.MapMultiModal();
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    sealed class Echo : IVoiceConverter, IStreamingVoiceConverter
    {
        public IReadOnlyCollection<string> Voices => [];

        public Task<AudioClip> ConvertAsync(AudioClip input, VoiceConversionRequest? request = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(input);

        public async IAsyncEnumerable<AudioClip> ConvertStreamAsync(
            IAsyncEnumerable<AudioClip> input, VoiceConversionRequest? request = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var clip in input.WithCancellation(cancellationToken)) yield return clip;
        }
    }
}
