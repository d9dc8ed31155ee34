using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Conversion;

namespace MultiModal.Voice.Content;

/// <summary>The content encoders So-VITS-SVC knows by name, and the files they come in.</summary>
public static class ContentEncoders
{
    static readonly IReadOnlyList<Entry> Known =
    [
        new("vec768l12", 768, 12, false, ["checkpoint_best_legacy_500.pt", "hubert_base.pt", "content-vec-best", "vec-768-layer-12.onnx"], ContentVec, PretrainedCatalog.ContentVec),
        new("vec256l9", 256, 9, true, ["checkpoint_best_legacy_500.pt", "hubert_base.pt", "content-vec-best", "vec-256-layer-9.onnx"], ContentVec, PretrainedCatalog.ContentVec),
        new("vec768l9", 768, 9, false, ["checkpoint_best_legacy_500.pt", "hubert_base.pt", "content-vec-best", "vec-768-layer-9.onnx"], ContentVec, PretrainedCatalog.ContentVec),
        new("vec256l12", 256, 12, true, ["vec-256-layer-12.onnx"], ContentVec, []),
        new("hubertsoft", 256, 12, true, ["hubert-soft-0d54a1f4.pt", "hubert-soft.onnx"], "github.com/bshall/hubert/releases", PretrainedCatalog.HubertSoft),
        new("cnhubertlarge", 1024, null, false, ["chinese-hubert-large-fairseq-ckpt.pt"], "huggingface.co/TencentGameMate/chinese-hubert-large", PretrainedCatalog.ChineseHubert),
        new("wavlmbase+", 768, null, false, ["WavLM-Base+.pt"], "huggingface.co/microsoft/wavlm-base-plus (github.com/microsoft/unilm, WavLM)", []),
        new("hubert", AnyChannels, null, false, ["hubert", "hubert.safetensors"], "where the model came from: it is an encoder trained with it", []),
        new("whisper-ppg", 1024, null, false, ["medium.pt"], "OpenAI's Whisper, model medium", PretrainedCatalog.WhisperMedium),
        new("whisper-ppg-large", 1280, null, false, ["large-v2.pt"], "OpenAI's Whisper, model large-v2", PretrainedCatalog.WhisperLarge),
    ];

    // The file tells.
    const int AnyChannels = 0;

    const string ContentVec = "huggingface.co/lengyue233/content-vec-best or github.com/auspicious3000/contentvec";

    /// <summary>The names, as configs have them.</summary>
    public static IEnumerable<string> Names => Known.Select(e => e.Name);

    /// <summary>The encoder a model was trained with.</summary>
    /// <param name="configured">What its config says, or null.</param>
    /// <param name="channels">The length of the units it takes.</param>
    /// <returns>A name; of models of version 4.0, whose configs have none, the one their units' length tells.</returns>
    /// <exception cref="VoiceConversionException">The config names an encoder with other units, or nothing tells.</exception>
    public static string Choose(string? configured, int channels)
    {
        if (configured is not null)
        {
            var entry = Find(configured);
            // A config whose encoder does not fit the weights is one of 4.0 to which a default was added.
            if (entry.Channels == AnyChannels || entry.Channels == channels || channels is not (256 or 768)) return entry.Name;
        }

        return channels switch
        {
            256 => "vec256l9",
            768 => "vec768l12",
            1280 => "whisper-ppg-large",
            _ => throw new VoiceConversionException($"The model takes units of {channels} channels and its config names no encoder. Name one of: {string.Join(", ", Names)}."),
        };
    }

    /// <summary>Loads an encoder.</summary>
    /// <param name="name">Its name; a name ending with "-onnx" is the same without.</param>
    /// <param name="path">Its file or folder; null to look for the usual names.</param>
    /// <param name="folders">Where to look.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">The file is missing (the message says which, from where and where to put it), damaged or of another kind.</exception>
    /// <exception cref="VoiceConversionException">There is no encoder of that name.</exception>
    public static Task<IContentEncoder> LoadAsync(
        string name, string? path, IReadOnlyList<string> folders, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folders);
        return LoadAsync(name, path, new PretrainedFiles(folders), options, cancellationToken);
    }

    internal static async Task<IContentEncoder> LoadAsync(
        string name, string? path, PretrainedFiles files, RuntimeOptions? options, CancellationToken cancellationToken)
    {
        var entry = Find(name);
        path ??= await files.GetAsync(
            new($"The content encoder '{entry.Name}' that the model was trained with", entry.Files, entry.Source, entry.Downloads), cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(path))
        {
            path = PretrainedFiles.Find([path], "model.safetensors", "pytorch_model.bin")
                ?? throw new InvalidFileException(path, "the folder holds neither model.safetensors nor pytorch_model.bin.");
        }

        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) return await OnnxContentEncoder.LoadAsync(path, entry.Name, options, cancellationToken).ConfigureAwait(false);
        return entry.Name.StartsWith("whisper", StringComparison.Ordinal)
            ? await WhisperEncoder.LoadAsync(path, entry.Name, options, cancellationToken).ConfigureAwait(false)
            : await HubertEncoder.LoadAsync(path, entry.Layer, entry.Project, entry.Name, options, cancellationToken).ConfigureAwait(false);
    }

    static Entry Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var plain = name.EndsWith("-onnx", StringComparison.Ordinal) ? name[..^5] : name;
        return Known.FirstOrDefault(e => e.Name == plain)
            ?? throw new VoiceConversionException($"There is no content encoder '{name}' here. There are: {string.Join(", ", Names)}.");
    }

    sealed record Entry(string Name, int Channels, int? Layer, bool Project, IReadOnlyList<string> Files, string Source, IReadOnlyList<(Runtime.Downloads.RemoteFile File, string Path)> Downloads);
}
