using Microsoft.Extensions.Configuration;
using MultiModal.CloudSimulator;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Volcengine;

namespace CloudTour;

/// <summary>Which services are real: those whose keys the configuration or the environment has.</summary>
internal sealed class TourKeys(IConfiguration configuration)
{
    public bool HasBaidu { get; } = !string.IsNullOrEmpty(configuration["Baidu:ApiKey"]) || !string.IsNullOrEmpty(configuration["Baidu:AccessToken"]);

    public bool HasJimeng { get; } = !string.IsNullOrEmpty(configuration["Jimeng:AccessKeyId"]);

    public bool NeedSimulator => !HasBaidu || !HasJimeng;

    public static void Simulate(BaiduAIOptions options, Simulator simulator)
    {
        (options.ApiKey, options.SecretKey) = (simulator.Options.BaiduApiKey, simulator.Options.BaiduSecretKey);
        (options.AppId, options.QianfanApiKey) = (simulator.Options.BaiduAppId, simulator.Options.BearerKey);
        options.AipEndpoint = options.SpeechEndpoint = options.SynthesisEndpoint = options.QianfanEndpoint = simulator.Address;
        options.PollInterval = TimeSpan.FromMilliseconds(50);
    }

    public static void Simulate(JimengOptions options, Simulator simulator)
    {
        (options.AccessKeyId, options.SecretAccessKey, options.Endpoint) = (simulator.Options.VolcAccessKey, simulator.Options.VolcSecretKey, simulator.Address);
        options.PollInterval = TimeSpan.FromMilliseconds(50);
    }
}
