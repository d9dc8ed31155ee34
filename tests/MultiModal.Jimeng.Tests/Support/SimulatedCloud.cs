using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MultiModal.CloudSimulator;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Chat;
using MultiModal.Jimeng.Http;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Tests.Support;

/// <summary>The simulator, and clients that know its keys.</summary>
internal sealed class SimulatedCloud : IAsyncDisposable
{
    readonly ServiceProvider provider;

    SimulatedCloud(Simulator simulator, ServiceProvider provider)
    {
        Simulator = simulator;
        this.provider = provider;
    }

    public Simulator Simulator { get; }

    public IBaiduAIClient Baidu => provider.GetRequiredService<IBaiduAIClient>();

    public IJimengClient Jimeng => provider.GetRequiredService<IJimengClient>();

    public IChatCompletionClient Chat => provider.GetRequiredKeyedService<IChatCompletionClient>("local");

    public static async Task<SimulatedCloud> StartAsync(
        SimulatorOptions? options = null,
        Action<BaiduAIOptions>? baidu = null,
        Action<JimengOptions>? jimeng = null,
        ILoggerProvider? log = null,
        Action<CloudResilienceOptions>? resilience = null)
    {
        var simulator = await Simulator.StartAsync(options);
        var provider = Clients.Provider(
            services =>
            {
                services.AddBaiduAI(o =>
                {
                    (o.ApiKey, o.SecretKey, o.AppId, o.QianfanApiKey) = (simulator.Options.BaiduApiKey, simulator.Options.BaiduSecretKey, simulator.Options.BaiduAppId, simulator.Options.BearerKey);
                    o.AipEndpoint = o.SpeechEndpoint = o.SynthesisEndpoint = o.QianfanEndpoint = simulator.Address;
                    (o.PollInterval, o.MaxPollInterval) = (TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(20));
                    Quick(o.Resilience);
                    resilience?.Invoke(o.Resilience);
                    baidu?.Invoke(o);
                });
                services.AddJimeng(o =>
                {
                    (o.AccessKeyId, o.SecretAccessKey, o.Endpoint) = (simulator.Options.VolcAccessKey, simulator.Options.VolcSecretKey, simulator.Address);
                    (o.PollInterval, o.MaxPollInterval) = (TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(20));
                    Quick(o.Resilience);
                    resilience?.Invoke(o.Resilience);
                    jimeng?.Invoke(o);
                });
                services.AddChatEndpoint("local", o => (o.BaseAddress, o.ApiKey, o.Model) = (new Uri(simulator.Address, "v1"), simulator.Options.BearerKey, "served-model"));
            },
            log: log);
        return new(simulator, provider);
    }

    public async ValueTask DisposeAsync()
    {
        await provider.DisposeAsync();
        await Simulator.DisposeAsync();
    }

    static void Quick(CloudResilienceOptions resilience) => resilience.BaseDelay = TimeSpan.FromMilliseconds(5);
}
