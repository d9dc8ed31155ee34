using MultiModal.Runtime.Downloads;
using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Content;

namespace MultiModal.Voice.Conversion;

/// <summary>How a voice model is loaded.</summary>
public sealed class VoiceModelOptions
{
    /// <summary>
    /// The generator, G_*.pth or the same tensors as .safetensors, or a diffusion model, model_*.pt, to be used alone. Needed where options are bound from configuration.
    /// </summary>
    public string? ModelPath { get; set; }

    /// <summary>The config.json; by default the one beside the generator. For a diffusion model used alone its config.yaml.</summary>
    public string? ConfigPath { get; set; }

    /// <summary>The content encoder's file or folder; by default it is looked for, see <see cref="PretrainedFolders"/>.</summary>
    public string? EncoderPath { get; set; }

    /// <summary>The encoder as So-VITS-SVC names it ("vec768l12"); by default what the config says, or what fits the model.</summary>
    public string? EncoderName { get; set; }

    /// <summary>An encoder loaded already, shared with other models; it is not disposed with the model. Null by default.</summary>
    public IContentEncoder? Encoder { get; set; }

    /// <summary>A diffusion model (model_*.pt) that can refine the generator's sound, see <see cref="ConversionOptions.Diffusion"/>; null for none.</summary>
    public string? DiffusionPath { get; set; }

    /// <summary>The diffusion model's config.yaml; by default the one beside it.</summary>
    public string? DiffusionConfigPath { get; set; }

    /// <summary>The vocoder of diffusion models and the enhancer: NSF-HiFiGAN's file or folder; by default it is looked for, see <see cref="PretrainedFolders"/>.</summary>
    public string? VocoderPath { get; set; }

    /// <summary>
    /// What downloads encoders and pitch networks that are missing, into the first of <see cref="PretrainedFolders"/>. Null, the default, for never: a missing file is
    /// then an error that says where it comes from.
    /// </summary>
    public FileDownloader? Downloader { get; set; }

    /// <summary>Told of downloads. Null by default.</summary>
    public IProgress<DownloadProgress>? DownloadProgress { get; set; }

    /// <summary>
    /// Where encoders, pitch networks and vocoders are looked for, first to last. By default "pretrain" in the model's folder, that folder itself, "pretrain"
    /// beside it, and "pretrain" in the working directory.
    /// </summary>
    public IList<string> PretrainedFolders { get; } = [];

    /// <summary>A k-means model (kmeans_*.pt) or retrieval indexes (feature_and_index.pkl) for <see cref="ConversionOptions.ClusterRatio"/>; null for none.</summary>
    public string? ClusterPath { get; set; }

    /// <summary>
    /// With dependency injection: how long after its last use the model is unloaded; null, the default, keeps it until the application ends.
    /// </summary>
    public TimeSpan? UnloadWhenIdleFor { get; set; }

    /// <summary>Devices and threads; null for the defaults.</summary>
    public RuntimeOptions? Runtime { get; set; }
}
