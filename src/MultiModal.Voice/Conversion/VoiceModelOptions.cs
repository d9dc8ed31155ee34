using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Content;

namespace MultiModal.Voice.Conversion;

/// <summary>How a voice model is loaded.</summary>
public sealed class VoiceModelOptions
{
    /// <summary>The generator: G_*.pth or the same tensors as .safetensors. Needed where options are bound from configuration.</summary>
    public string? ModelPath { get; set; }

    /// <summary>The config.json; by default the one beside the generator.</summary>
    public string? ConfigPath { get; set; }

    /// <summary>The content encoder's file or folder; by default it is looked for, see <see cref="PretrainedFolders"/>.</summary>
    public string? EncoderPath { get; set; }

    /// <summary>The encoder as So-VITS-SVC names it ("vec768l12"); by default what the config says, or what fits the model.</summary>
    public string? EncoderName { get; set; }

    /// <summary>An encoder loaded already, shared with other models; it is not disposed with the model. Null by default.</summary>
    public IContentEncoder? Encoder { get; set; }

    /// <summary>
    /// Where encoders and pitch networks are looked for, first to last. By default the model's folder, "pretrain" in it and beside it, and
    /// "pretrain" in the working directory.
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
