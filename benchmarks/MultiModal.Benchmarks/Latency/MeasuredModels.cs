using MultiModal.Benchmarks.Diffusion;
using MultiModal.Benchmarks.Voice;
using MultiModal.Diffusion.Generation;
using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Conversion;

namespace MultiModal.Benchmarks.Latency;

/// <summary>The models that are measured: those the environment names, or ones of true size with generated weights, or the tests' tiny ones.</summary>
/// <remarks>
/// MULTIMODAL_DIFFUSION_MODEL and MULTIMODAL_VOICE_MODEL name files or folders; <c>full-size</c> writes a model of Stable Diffusion 1.5's or So-VITS-SVC
/// 4.1's size, whose speed is that of the published ones. MULTIMODAL_DEVICE is Cpu, Cuda, ... as <see cref="Device"/> has them.
/// </remarks>
static class MeasuredModels
{
    const string FullSize = "full-size";

    public static string DiffusionName => Environment.GetEnvironmentVariable("MULTIMODAL_DIFFUSION_MODEL") ?? "tiny-sd15 of the tests";

    public static string VoiceName => Environment.GetEnvironmentVariable("MULTIMODAL_VOICE_MODEL") ?? "tiny-svc-4.1 of the tests";

    /// <summary>The device that was asked for, or that there is.</summary>
    public static string DeviceName => Runtime.Device is not Device.Auto and var asked ? asked.ToString()
        : OnnxRuntimeInfo.Load().Providers.FirstOrDefault(static provider => !provider.StartsWith("CPU", StringComparison.Ordinal)) ?? "processor";

    public static RuntimeOptions Runtime => new() { Device = Enum.TryParse<Device>(Environment.GetEnvironmentVariable("MULTIMODAL_DEVICE"), true, out var device) ? device : Device.Auto };

    public static Task<DiffusionModel> LoadDiffusionAsync(CancellationToken cancellationToken = default)
    {
        var path = Environment.GetEnvironmentVariable("MULTIMODAL_DIFFUSION_MODEL");
        if (path == FullSize) FullSizeModel.Write(path = "artifacts/bench/sd15");
        return DiffusionModel.LoadAsync(path ?? Fixture("diffusion/models/tiny-sd15"), new() { Runtime = Runtime }, null, cancellationToken);
    }

    public static Task<VoiceModel> LoadVoiceAsync(CancellationToken cancellationToken = default)
    {
        var path = Environment.GetEnvironmentVariable("MULTIMODAL_VOICE_MODEL");
        var options = new VoiceModelOptions { Runtime = Runtime };
        if (path == FullSize)
        {
            const string Folder = "artifacts/bench/svc41";
            FullSizeVoice.Write(Folder);
            path = FullSizeVoice.Generator(Folder);
        }
        else if (path is null)
        {
            path = Fixture("voice/models/tiny-svc-4.1/G_800.pth");
            (options.EncoderPath, options.EncoderName) = (Fixture("voice/models/tiny-contentvec/checkpoint_tiny_legacy.pt"), "vec768l12");
        }

        return VoiceModel.LoadAsync(path, options, cancellationToken);
    }

    static string Fixture(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MultiModal.slnx"))) return Path.Combine(folder.FullName, "tests", "Fixtures", path);
        }

        throw new DirectoryNotFoundException("Run the benchmarks from within the repository, or name models by MULTIMODAL_DIFFUSION_MODEL and MULTIMODAL_VOICE_MODEL.");
    }
}
