using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Safety;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime.Downloads;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>How a model is loaded.</summary>
public sealed class DiffusionModelOptions
{
    /// <summary>The model's folder or file, for models that the application registers.</summary>
    /// <value>The default value is <see langword="null"/>; <see cref="DiffusionModel.LoadAsync"/> is told by its argument.</value>
    public string? ModelPath { get; set; }

    /// <summary>After how long without use a registered model is unloaded.</summary>
    /// <value>The default value is <see langword="null"/>: never.</value>
    public TimeSpan? UnloadWhenIdleFor { get; set; }

    /// <summary>Where and how networks run.</summary>
    public RuntimeOptions Runtime { get; set; } = new();

    /// <summary>What of the model is kept in memory. Pictures are the same in every mode.</summary>
    /// <value>The default value is <see cref="MemoryMode.Auto"/>: what fits; <see cref="DiffusionModelInfo.Memory"/> tells which it became.</value>
    public MemoryMode Memory { get; set; }

    /// <summary>Which variant of the files to take where there are several: "fp16" for diffusion_pytorch_model.fp16.safetensors.</summary>
    /// <value>The default value is <see langword="null"/>: the plain files, or the only variant there is.</value>
    public string? Variant { get; set; }

    /// <summary>
    /// For single files: a folder that holds their tokenizer (vocab.json and merges.txt, perhaps in a folder "tokenizer"), or a merges.txt itself. A
    /// whole folder of diffusers' also says the dimensions of the networks and the scheduler, where a file is of none of the published ones;
    /// its weights are not used.
    /// </summary>
    /// <value>The default value is <see langword="null"/>: the tokenizer lies beside the file, or is downloaded; all else is as published.</value>
    public string? Configuration { get; set; }

    /// <summary>What downloads the tokenizer (half a megabyte, its SHA-256 checked) for single files without one.</summary>
    /// <value>The default value is <see langword="null"/>: nothing is downloaded.</value>
    public FileDownloader? Downloads { get; set; }

    /// <summary>Where downloads are kept.</summary>
    /// <value>The default value is <see langword="null"/>: a folder among the user's application data.</value>
    public string? DownloadFolder { get; set; }

    /// <summary>An autoencoder to take instead of the model's own: a file under the original names or diffusers', or diffusers' folder.</summary>
    /// <value>The default value is <see langword="null"/>: the model's own.</value>
    public string? VaePath { get; set; }

    /// <summary>What the UNet predicts.</summary>
    /// <value>
    /// The default value is <see langword="null"/>: what the files say. A single file of Stable Diffusion 2 does not say; its UNet is then run once to find out.
    /// </value>
    public PredictionType? Prediction { get; set; }

    /// <summary>Whether the last timestep is pure noise (Lin et al. 2023).</summary>
    /// <value>The default value is <see langword="null"/>: what the files say.</value>
    public bool? ZeroTerminalSnr { get; set; }

    /// <summary>The rewrites of the networks before they run.</summary>
    /// <value>The default value is <see langword="null"/>: all that pay.</value>
    public IReadOnlyList<IGraphPass>? Passes { get; set; }

    /// <summary>Whether the conditional and the unconditional prediction are made as one batch of two.</summary>
    /// <value>The default value is <see langword="null"/>: yes on a GPU, no on a processor, where it only costs memory.</value>
    public bool? BatchGuidance { get; set; }

    /// <summary>From how many pixels of a picture on it is decoded in overlapping tiles, which bounds the memory decoding takes.</summary>
    /// <value>The default value is 1024 * 1024: larger pictures are decoded in tiles.</value>
    public long TileDecodingAbove { get; set; } = 1024 * 1024;

    /// <summary>A tiny autoencoder (TAESD) for previews and quick decoding: diffusers' folder, or the original file.</summary>
    /// <value>The default value is <see langword="null"/>: previews are painted from the latents without a network.</value>
    public string? TinyAutoencoder { get; set; }

    /// <summary>Where adapters are that prompts call by name: <c>&lt;lora:ink:0.8&gt;</c>.</summary>
    /// <value>The default value is <see langword="null"/>: a prompt that names one is an error.</value>
    public LoraLibrary? Loras { get; set; }

    /// <summary>Textual inversions that prompts may name: <c>a cat, my-style</c>.</summary>
    /// <value>The default value is <see langword="null"/>: only those of a request (<see cref="ImageRequest.Embeddings"/>).</value>
    public TextualInversionLibrary? Embeddings { get; set; }

    /// <summary>
    /// How many sets of adapters stay merged after the requests that used them, so that the next one with the same begins at once. Each takes the memory
    /// of the weights it changes, in float32: for a LoRA on the attention of Stable Diffusion 1.5 about 1.2 GB.
    /// </summary>
    /// <value>The default value is 1, the last set used. At least 1.</value>
    public int KeptLoraSets { get; set; } = 1;

    /// <summary>A classifier that judges every finished picture: the folder safety_checker of a model as diffusers saves it.</summary>
    /// <value>The default value is <see langword="null"/>: pictures are not judged.</value>
    public string? SafetyChecker { get; set; }

    /// <summary>What becomes of pictures that are judged unsafe.</summary>
    /// <value>The default value is <see cref="UnsafePictures.Blur"/>.</value>
    public UnsafePictures UnsafePictures { get; set; }

    /// <summary>A mark that the eye does not see, put into every finished picture that has room for it.</summary>
    /// <value>The default value is <see langword="null"/>: none. <see cref="InvisibleWatermark.StableDiffusionXL"/> is diffusers' for SDXL.</value>
    public InvisibleWatermark? Watermark { get; set; }

    /// <summary>Added to the scores of the safety checker: above 0 more pictures are unsafe, below 0 fewer.</summary>
    /// <value>The default value is 0, as published.</value>
    public float SafetyStrictness { get; set; }

    /// <summary>What requests of no engine in particular (<see cref="MultiModal.Capabilities.IImageGenerator"/>) are filled up with: steps, guidance, sampler, size.</summary>
    /// <value>The default value is a request with its own defaults; its prompt is never used.</value>
    public ImageRequest Defaults { get; set; } = new("");
}
