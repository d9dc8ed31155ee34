using MultiModal.AspNetCore;
using MultiModal.Diffusion.Generation;
using MultiModal.Voice.Conversion;

namespace Server;

/// <summary>The models that the server starts with: those of the settings, else those of models/, else the tests' tiny ones, whose weights are random.</summary>
sealed class DemoModels(IConfiguration settings)
{
    static readonly string Root = FindRoot();
    static readonly string Fixtures = Path.Combine(Root, "tests", "Fixtures");

    readonly string demoDiffusion = Path.Combine(Root, "models", "demo-diffusion");
    readonly string demoVoice = Path.Combine(Root, "models", "demo-voice", "G_demo.pth");

    /// <summary>Whether nobody has set a key.</summary>
    bool IsOpen => !settings.GetSection("MultiModal:Access:ApiKeys").Exists() && !settings.GetSection("MultiModal:Access:Jwt").Exists();

    public void Configure(DiffusionModelOptions options)
    {
        if (settings["Models:Diffusion"] is { } path)
        {
            options.ModelPath = path;
            return;
        }

        var isThere = File.Exists(Path.Combine(demoDiffusion, "model_index.json"));
        options.ModelPath = isThere ? demoDiffusion : Path.Combine(Fixtures, "diffusion", "models", "tiny-sd15");
        options.Defaults = isThere ? new("") { Steps = 20 } : new("") { Steps = 10, Width = 128, Height = 128 };
    }

    public void Configure(VoiceModelOptions options)
    {
        options.ModelPath = settings["Models:Voice"] ?? (File.Exists(demoVoice) ? demoVoice : null);
        options.EncoderPath = settings["Models:VoiceEncoder"];
        if (options.ModelPath is not null)
            return;
        options.ModelPath = Path.Combine(Fixtures, "voice", "models", "tiny-svc-4.1", "G_800.pth");
        options.EncoderPath = Path.Combine(Fixtures, "voice", "models", "tiny-contentvec", "checkpoint_tiny_legacy.pt");
        options.EncoderName = "vec768l12";
    }

    /// <summary>Without any key the host would let nobody in. While it listens to this machine alone, this machine is let in: to look around takes one command.</summary>
    public void Configure(MultiModalHostOptions options)
    {
        settings.Bind("MultiModal", options);
        if (IsOpen && options.Network.Allowed.Count == 0)
            options.Access.AllowAnonymous = true;
    }

    public void Greet(WebApplication app)
    {
        var (diffusion, voice) = (new DiffusionModelOptions(), new VoiceModelOptions());
        Configure(diffusion);
        Configure(voice);
        Console.WriteLine($"Pictures by {diffusion.ModelPath}\nVoices by {voice.ModelPath}");
        Console.WriteLine($"Open {settings["Kestrel:Endpoints:Rest:Url"] ?? app.Urls.FirstOrDefault()} in a browser{(IsOpen ? "; no key is set, so this machine alone is let in." : ".")}");
    }

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MultiModal.slnx")))
                return folder.FullName;
        }

        return AppContext.BaseDirectory;
    }
}
