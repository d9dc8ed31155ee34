using BenchmarkDotNet.Attributes;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.CloudSimulator;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Capabilities;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Benchmarks.Latency.Suites;

/// <summary>Cloud calls against the simulator on loopback: what the clients cost, without any service's own time.</summary>
public class CloudSuite
{
    const string Text = "雪地里，一只戴着红围巾的橘猫。";
    Simulator simulator = null!;
    IBaiduAIClient baidu = null!;
    IJimengClient jimeng = null!;
    AudioClip speech = null!;

    /// <summary>Starts the simulator.</summary>
    [GlobalSetup]
    public void Start()
    {
        // The toolchain within the process does not wait for tasks of a set-up.
        simulator = Simulator.StartAsync().GetAwaiter().GetResult();
        baidu = BaiduAIClient.Create(new()
        {
            ApiKey = simulator.Options.BaiduApiKey,
            SecretKey = simulator.Options.BaiduSecretKey,
            AipEndpoint = simulator.Address,
            SpeechEndpoint = simulator.Address,
            SynthesisEndpoint = simulator.Address,
        });
        jimeng = JimengClient.Create(new()
        {
            AccessKeyId = simulator.Options.VolcAccessKey,
            SecretAccessKey = simulator.Options.VolcSecretKey,
            Endpoint = simulator.Address,
            PollInterval = TimeSpan.FromMilliseconds(1),
            MaxPollInterval = TimeSpan.FromMilliseconds(1),
        });
        speech = baidu.AsSpeechSynthesizer().SynthesizeAsync(Text).GetAwaiter().GetResult();
    }

    /// <summary>Stops the simulator.</summary>
    [GlobalCleanup]
    public void Stop() => simulator.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>A sentence spoken.</summary>
    [Benchmark]
    public Task<AudioClip> Synthesize() => baidu.AsSpeechSynthesizer().SynthesizeAsync(Text);

    /// <summary>A sentence recognised.</summary>
    [Benchmark]
    public Task<Transcription> Recognize() => baidu.AsSpeechRecognizer().RecognizeAsync(speech);

    /// <summary>A text judged.</summary>
    [Benchmark]
    public Task<ContentJudgement> CensorText() => baidu.AsTextCensor().CensorAsync(Text);

    /// <summary>A picture drawn by Jimeng: submitted, asked after three times, downloaded.</summary>
    [Benchmark]
    public Task<ImageGenerationResult> Picture() => jimeng.AsImageGenerator().GenerateAsync(new(Text));
}
