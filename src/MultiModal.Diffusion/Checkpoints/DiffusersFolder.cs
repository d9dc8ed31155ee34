using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>A model as diffusers saves it: model_index.json and a folder for each component.</summary>
sealed class DiffusersFolder
{
    readonly string root;
    readonly string? variant;

    DiffusersFolder(string root, string? variant)
    {
        this.root = root;
        this.variant = variant;
    }

    public required UNetConfig UNet { get; init; }

    public required VaeConfig Vae { get; init; }

    /// <summary>One text encoder, or SDXL's two.</summary>
    public required IReadOnlyList<(ClipTextConfig Config, ClipTokenizer Tokenizer)> TextEncoders { get; init; }

    public required SchedulerConfig Scheduler { get; init; }

    /// <summary>Whether an absent negative prompt means zeros instead of the encoding of "" (SDXL).</summary>
    public required bool ZerosForEmptyPrompt { get; init; }

    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(root));

    /// <summary>Reads everything but the weights.</summary>
    /// <exception cref="InvalidFileException">A file is missing or damaged; the message names it.</exception>
    public static async Task<DiffusersFolder> OpenAsync(string path, string? variant, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(path);
        if (!Directory.Exists(root)) throw new InvalidFileException(path, "there is no such folder.", remedy: "Give the folder that holds model_index.json.");
        var index = await ConfigFile.LoadAsync(Path.Combine(root, "model_index.json"), cancellationToken).ConfigureAwait(false);
        var encoders = new List<(ClipTextConfig, ClipTokenizer)>();
        foreach (var (encoder, tokenizer) in ((string, string)[])[("text_encoder", "tokenizer"), ("text_encoder_2", "tokenizer_2")])
            if (Holds(index, encoder))
                encoders.Add((
                    ClipTextConfig.From(await ConfigFile.LoadAsync(Path.Combine(root, encoder, "config.json"), cancellationToken).ConfigureAwait(false)),
                    await ClipTokenizer.LoadAsync(Path.Combine(root, tokenizer), cancellationToken).ConfigureAwait(false)));
        if (encoders.Count == 0) throw new InvalidFileException(index.Path, "it names no text encoder.");
        return new(root, variant)
        {
            UNet = UNetConfig.From(await ConfigFile.LoadAsync(Path.Combine(root, "unet", "config.json"), cancellationToken).ConfigureAwait(false)),
            Vae = VaeConfig.From(await ConfigFile.LoadAsync(Path.Combine(root, "vae", "config.json"), cancellationToken).ConfigureAwait(false)),
            TextEncoders = encoders,
            Scheduler = await SchedulerConfig.LoadAsync(Path.Combine(root, "scheduler", "scheduler_config.json"), cancellationToken).ConfigureAwait(false),
            ZerosForEmptyPrompt = index.Bool("force_zeros_for_empty_prompt", encoders.Count > 1),
        };
    }

    /// <summary>The file that describes a component.</summary>
    public string ConfigPath(string component) => Path.Combine(root, component, "config.json");

    /// <summary>The weights of a component: "unet", "vae", "text_encoder", "text_encoder_2".</summary>
    /// <exception cref="InvalidFileException">There are none, or they are damaged.</exception>
    public IWeightSource OpenWeights(string component)
    {
        var stem = component.StartsWith("text_encoder", StringComparison.Ordinal) ? "model" : "diffusion_pytorch_model";
        var legacy = component.StartsWith("text_encoder", StringComparison.Ordinal) ? "pytorch_model" : stem;
        var infixes = variant is null ? (string[])["", ".fp16", ".bf16"] : [$".{variant}"];
        var folder = Path.Combine(root, component);
        foreach (var infix in infixes)
            foreach (var name in (string[])[$"{stem}{infix}.safetensors", $"{stem}.safetensors.index{infix}.json", $"{legacy}{infix}.bin", $"{legacy}.bin.index{infix}.json"])
                if (Path.Combine(folder, name) is var file && File.Exists(file)) return WeightFiles.Open(file);
        throw new InvalidFileException(
            folder, $"there are no weights here ({stem}.safetensors{(variant is null ? "" : $" of the variant '{variant}'")}).",
            remedy: "Download the component's weights beside its config.json.");
    }

    static bool Holds(ConfigFile index, string component) =>
        index.Find(component) is { ValueKind: System.Text.Json.JsonValueKind.Array } entry && entry.GetArrayLength() == 2
        && entry[1].ValueKind == System.Text.Json.JsonValueKind.String;
}
