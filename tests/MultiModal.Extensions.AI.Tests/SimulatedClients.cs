using MultiModal.CloudSimulator;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Extensions.AI.Tests;

/// <summary>The simulator and clients without a container.</summary>
internal sealed class SimulatedClients : IAsyncDisposable
{
    SimulatedClients(Simulator simulator)
    {
        var (quick, options) = (TimeSpan.FromMilliseconds(2), simulator.Options);
        Simulator = simulator;
        Baidu = BaiduAIClient.Create(new()
        {
            ApiKey = options.BaiduApiKey,
            SecretKey = options.BaiduSecretKey,
            QianfanApiKey = options.BearerKey,
            AppId = options.BaiduAppId,
            AipEndpoint = simulator.Address,
            SpeechEndpoint = simulator.Address,
            SynthesisEndpoint = simulator.Address,
            QianfanEndpoint = simulator.Address,
            PollInterval = quick,
        });
        Jimeng = JimengClient.Create(new() { AccessKeyId = options.VolcAccessKey, SecretAccessKey = options.VolcSecretKey, Endpoint = simulator.Address, PollInterval = quick });
    }

    public Simulator Simulator { get; }

    public IBaiduAIClient Baidu { get; }

    public IJimengClient Jimeng { get; }

    public static async Task<SimulatedClients> StartAsync() => new(await Simulator.StartAsync());

    public ValueTask DisposeAsync() => Simulator.DisposeAsync();
}
