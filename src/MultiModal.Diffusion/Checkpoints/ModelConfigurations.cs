using System.Text.Json;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>The published configuration of each family, for files that hold weights alone.</summary>
/// <param name="UNet">Of four channels in.</param>
/// <param name="Vae">The autoencoder.</param>
/// <param name="TextEncoders">One or two.</param>
/// <param name="Scheduler">The keys of its scheduler_config.json.</param>
/// <param name="ZerosForEmptyPrompt">Whether an absent negative prompt means zeros.</param>
sealed record ModelConfigurations(UNetConfig UNet, VaeConfig Vae, IReadOnlyList<ClipTextConfig> TextEncoders, string Scheduler, bool ZerosForEmptyPrompt = false)
{
    /// <summary>CLIP ViT-L/14, the text encoder of Stable Diffusion 1 and the first of SDXL.</summary>
    static readonly ClipTextConfig clipL = new();

    /// <summary>OpenCLIP ViT-H/14 without its last layer, the text encoder of Stable Diffusion 2.</summary>
    static readonly ClipTextConfig clipH = new() { HiddenSize = 1024, IntermediateSize = 4096, Layers = 23, Heads = 16, QuickGelu = false };

    /// <summary>OpenCLIP ViT-bigG/14, the second text encoder of SDXL and the only one of its refiner.</summary>
    static readonly ClipTextConfig clipG = new() { HiddenSize = 1280, IntermediateSize = 5120, Layers = 32, Heads = 20, QuickGelu = false, ProjectionSize = 1280 };

    const string Betas = """ "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000, "steps_offset": 1 """;

    const string Euler = $$"""{ "_class_name": "EulerDiscreteScheduler", {{Betas}}, "timestep_spacing": "leading", "interpolation_type": "linear", "use_karras_sigmas": false }""";

    public static ModelConfigurations Of(ModelFamily family) => family switch
    {
        ModelFamily.StableDiffusion1 => new(
            new() { CrossAttentionSize = 768 }, new(), [clipL],
            $$"""{ "_class_name": "PNDMScheduler", {{Betas}}, "skip_prk_steps": true, "set_alpha_to_one": false, "clip_sample": false }"""),
        ModelFamily.StableDiffusion2 => new(
            new() { CrossAttentionSize = 1024, Heads = [5, 10, 20, 20], LinearProjection = true }, new(), [clipH],
            $$"""{ "_class_name": "DDIMScheduler", {{Betas}}, "set_alpha_to_one": false, "clip_sample": false }"""),
        ModelFamily.StableDiffusionXL => new(
            new()
            {
                SampleSize = 128, CrossAttentionSize = 2048, BlockOutChannels = [320, 640, 1280],
                DownHasAttention = [false, true, true], UpHasAttention = [true, true, false],
                TransformerLayers = [1, 2, 10], Heads = [5, 10, 20], LinearProjection = true, AdditionTimeSize = 256, AdditionInputs = 2816,
            },
            new() { ScalingFactor = 0.13025f }, [clipL, clipG], Euler, ZerosForEmptyPrompt: true),
        ModelFamily.StableDiffusionXLRefiner => new(
            new()
            {
                SampleSize = 128, CrossAttentionSize = 1280, BlockOutChannels = [384, 768, 1536, 1536],
                DownHasAttention = [false, true, true, false], UpHasAttention = [false, true, true, false],
                TransformerLayers = [4, 4, 4, 4], Heads = [6, 12, 24, 24], LinearProjection = true, AdditionTimeSize = 256, AdditionInputs = 2560,
            },
            new() { ScalingFactor = 0.13025f }, [clipG], Euler),
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
    };

    /// <summary>The scheduler, as its class reads the keys.</summary>
    public SchedulerConfig SchedulerConfig()
    {
        using var document = JsonDocument.Parse(Scheduler);
        return Schedulers.SchedulerConfig.Parse(document.RootElement.Clone());
    }
}
