using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>A model as diffusers saves it: model_index.json and a folder for each component.</summary>
sealed class DiffusersFolder : ModelFiles
{
    readonly string root;
    readonly string? variant;

    DiffusersFolder(string root, string? variant)
    {
        this.root = root;
        this.variant = variant;
    }

    /// <summary>Reads everything but the weights.</summary>
    /// <exception cref="InvalidFileException">A file is missing or damaged; the message names it.</exception>
    public static async Task<DiffusersFolder> OpenAsync(string path, string? variant, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
            throw new InvalidFileException(path, "there is no such folder or file.", remedy: "Give the folder that holds model_index.json, or a model's single file (.safetensors, .ckpt).");
        var index = await ConfigFile.LoadAsync(Path.Combine(root, "model_index.json"), cancellationToken).ConfigureAwait(false);
        var encoders = new List<TextEncoderFiles>();
        foreach (var (encoder, tokenizer) in ((string, string)[])[("text_encoder", "tokenizer"), ("text_encoder_2", "tokenizer_2")])
            if (Holds(index, encoder))
                encoders.Add(new(
                    encoder,
                    ClipTextConfig.From(await ConfigFile.LoadAsync(Path.Combine(root, encoder, "config.json"), cancellationToken).ConfigureAwait(false)),
                    await ClipTokenizer.LoadAsync(Path.Combine(root, tokenizer), cancellationToken).ConfigureAwait(false)));
        if (encoders.Count == 0) throw new InvalidFileException(index.Path, "it names no text encoder.");
        return new(root, variant)
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(root)),
            UNet = UNetConfig.From(await ConfigFile.LoadAsync(Path.Combine(root, "unet", "config.json"), cancellationToken).ConfigureAwait(false)),
            Vae = VaeConfig.From(await ConfigFile.LoadAsync(Path.Combine(root, "vae", "config.json"), cancellationToken).ConfigureAwait(false)),
            TextEncoders = encoders,
            Scheduler = await SchedulerConfig.LoadAsync(Path.Combine(root, "scheduler", "scheduler_config.json"), cancellationToken).ConfigureAwait(false),
            ZerosForEmptyPrompt = index.Bool("force_zeros_for_empty_prompt", encoders.Count > 1),
        };
    }

    public override string ConfigPath(string component) => Path.Combine(root, component, "config.json");

    protected override IWeightSource OpenOwnWeights(string component) => LegacyNames.For(component, WeightFiles.Open(FindWeights(
        Path.Combine(root, component), component.StartsWith("text_encoder", StringComparison.Ordinal) ? "model" : "diffusion_pytorch_model", variant)));

    /// <summary>The weights in a component's folder, or their index.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="stem">What the library that wrote them calls weights.</param>
    /// <param name="variant">The variant wanted; null for the plain files, or the only variant there is.</param>
    /// <exception cref="InvalidFileException">There are none.</exception>
    internal static string FindWeights(string folder, string stem, string? variant)
    {
        var legacy = stem == "model" ? "pytorch_model" : stem;
        foreach (var infix in variant is null ? (string[])["", ".fp16", ".bf16"] : [$".{variant}"])
            foreach (var name in (string[])[$"{stem}{infix}.safetensors", $"{stem}.safetensors.index{infix}.json", $"{legacy}{infix}.bin", $"{legacy}.bin.index{infix}.json"])
                if (Path.Combine(folder, name) is var file && File.Exists(file)) return file;
        throw new InvalidFileException(
            folder, $"there are no weights here ({stem}.safetensors{(variant is null ? "" : $" of the variant '{variant}'")}).",
            remedy: "Download the component's weights beside its config.json.");
    }

    static bool Holds(ConfigFile index, string component) =>
        index.Find(component) is { ValueKind: System.Text.Json.JsonValueKind.Array } entry && entry.GetArrayLength() == 2
        && entry[1].ValueKind == System.Text.Json.JsonValueKind.String;
}
