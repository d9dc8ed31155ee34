using MultiModal.CloudSimulator;
using MultiModal.Diffusion.Generation;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Volcengine;
using MultiModal.Voice.Conversion;

namespace SpeechToPicture;

/// <summary>The models of models/ where they are, otherwise the tests' tiny ones, whose weights are random: the way is the same, what comes out is noise.</summary>
internal sealed record DemoModels(string Description, Action<DiffusionModelOptions> Diffusion, Action<VoiceModelOptions> Voice)
{
    public static DemoModels Find()
    {
        var root = Root();
        var demoDiffusion = Path.Combine(root, "models", "demo-diffusion");
        var demoVoice = Path.Combine(root, "models", "demo-voice", "G_demo.pth");
        var (hasDiffusion, hasVoice) = (File.Exists(Path.Combine(demoDiffusion, "model_index.json")), File.Exists(demoVoice));
        var fixtures = Path.Combine(root, "tests", "Fixtures");
        return new(
            $"{(hasDiffusion ? "demo-diffusion" : "tiny-sd15 (random weights)")}, {(hasVoice ? "demo-voice" : "tiny-svc-4.1 (random weights)")}",
            options =>
            {
                options.ModelPath = hasDiffusion ? demoDiffusion : Path.Combine(fixtures, "diffusion", "models", "tiny-sd15");
                options.Defaults = hasDiffusion ? new("") { Steps = 20, Guidance = 3, Seed = 1 } : new("") { Steps = 10, Width = 128, Height = 128 };
            },
            options =>
            {
                if (hasVoice)
                {
                    options.ModelPath = demoVoice;
                    return;
                }

                options.ModelPath = Path.Combine(fixtures, "voice", "models", "tiny-svc-4.1", "G_800.pth");
                options.EncoderPath = Path.Combine(fixtures, "voice", "models", "tiny-contentvec", "checkpoint_tiny_legacy.pt");
                options.EncoderName = "vec768l12";
            });
    }

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

    static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MultiModal.slnx")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("Run the sample from within the repository: its models are there.");
    }
}
