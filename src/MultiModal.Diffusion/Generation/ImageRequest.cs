using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Steering;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>What to draw, and how. Immutable: one request may be used many times and by many threads.</summary>
/// <param name="Prompt">What the picture shows.</param>
public sealed record ImageRequest(string Prompt)
{
    /// <summary>What it must not show. Default: null, which leaves it to the model.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>
    /// Whether prompts are read in A1111's syntax: weights, schedules, AND, BREAK, any length (see <see cref="Text.Prompts.PromptSyntax"/>).
    /// Otherwise they are plain text, cut after 75 tokens. Prompts without any of that are the same either way. Default true.
    /// </summary>
    public bool PromptSyntax { get; init; } = true;

    /// <summary>How weights of words take effect. Default: as in A1111.</summary>
    public Emphasis Emphasis { get; init; }

    /// <summary>
    /// Which layer of the text encoder is read, counted from the last as A1111 does: 1 is the last, 2 the one before. Default: null, as the
    /// model was trained (1; SDXL: 2).
    /// </summary>
    public int? ClipSkip { get; init; }

    /// <summary>Width in pixels, a multiple of 8. Default: null, the size the model was made for, or that of <see cref="Init"/>.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels, a multiple of 8. Default: null, the size the model was made for, or that of <see cref="Init"/>.</summary>
    public int? Height { get; init; }

    /// <summary>Sampling steps, 1 to 1000. Default 25.</summary>
    public int Steps { get; init; } = 25;

    /// <summary>How many pictures. Each has the seed after that of the one before. Default 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>
    /// How strongly the prompt guides (Ho and Salimans 2022): 1 or less means without guidance, at half the cost. Default 7.5.
    /// </summary>
    public float Guidance { get; init; } = 7.5f;

    /// <summary>How far guided predictions get back the spread they lose (Lin et al. 2023), 0 to 1; 0.7 is good for zero-terminal-SNR models. Default 0.</summary>
    public float GuidanceRescale { get; init; }

    /// <summary>The share of the steps after which guidance begins; before, a step costs half. Default 0.</summary>
    public float GuidanceFrom { get; init; }

    /// <summary>The share of the steps after which guidance ends; 0.6 to 0.8 saves much and changes little. Default 1.</summary>
    public float GuidanceTo { get; init; } = 1;

    /// <summary>
    /// How much error may add up before the network is asked again: calls whose answer can be foretold are left out, for any model and sampler.
    /// 1 saves about a third to a half of the calls of long runs and changes details. Default 0: none is left out.
    /// </summary>
    public float StepCaching { get; init; }

    /// <summary>
    /// Every how many calls the whole UNet runs; in between only its outermost layers do, with what the deeper ones gave before (DeepCache, Ma et al.
    /// 2024). 3 is usual; the higher, the more texture blurs. Not together with ControlNets. Default 1: it always runs whole.
    /// </summary>
    public int FeatureCaching { get; init; } = 1;

    /// <summary>Drawing in overlapping tiles, for pictures much larger than the model knows. Default: null, in one piece.</summary>
    public SamplingTiles? Tiles { get; init; }

    /// <summary>
    /// The sampler: diffusers' class ("EulerDiscreteScheduler"), or in k-diffusion's flavour its name ("dpmpp_2m") or A1111's
    /// ("DPM++ 2M Karras"). Default: null, the one the model's folder names, or DDIM where that is not at hand.
    /// </summary>
    public string? Scheduler { get; init; }

    /// <summary>
    /// How noise levels are spaced, by A1111's name: Automatic, Uniform, Karras, Exponential, SGM Uniform, Simple, Beta, Align Your Steps.
    /// Default: null, the sampler's own.
    /// </summary>
    public string? ScheduleType { get; init; }

    /// <summary>Whether sigmas are spaced as Karras et al. 2022 propose. Default: null, as the model's folder has it.</summary>
    public bool? KarrasSigmas { get; init; }

    /// <summary>Choices beyond the scheduler's configuration: eta, churn. Default: none.</summary>
    public SamplerOptions Sampler { get; init; } = SamplerOptions.Default;

    /// <summary>The seed of the noise; equal seeds give equal noise to PyTorch's on a CPU. Default: null, a random one that the result tells.</summary>
    public long? Seed { get; init; }

    /// <summary>Whose random numbers the noise is of. Default: PyTorch's on a CPU.</summary>
    public NoiseKind Noise { get; init; }

    /// <summary>Added to the seed for the noise that ancestral and stochastic samplers draw after the first ("ENSD" in A1111; 31337 is NovelAI's). Default 0: the first noise's draws go on.</summary>
    public long StepSeedDelta { get; init; }

    /// <summary>The seed of a variation: the noise is moved towards that seed's by <see cref="SubSeedStrength"/>. Pictures of one request then share the seed and count this one. Default: null, a random one where it is needed.</summary>
    public long? SubSeed { get; init; }

    /// <summary>How far the noise is moved, 0 to 1. Default 0: no variation.</summary>
    public float SubSeedStrength { get; init; }

    /// <summary>The picture to begin with (image to image); null begins with noise alone.</summary>
    public ImageBuffer? Init { get; init; }

    /// <summary>
    /// For pix2pix models: how strongly <see cref="Init"/>, which they change as the prompt says, guides beside the prompt (Brooks et al. 2023). 1 or more. Default 1.5.
    /// </summary>
    public float ImageGuidance { get; init; } = 1.5f;

    /// <summary>How much of <see cref="Init"/> is drawn anew, 0 to 1; pix2pix models draw all of it. Default 0.75.</summary>
    public float Strength { get; init; } = 0.75f;

    /// <summary>Where <see cref="Init"/> is drawn anew: white, or opaque white parts of a picture of its size. Null: everywhere.</summary>
    public ImageBuffer? Mask { get; init; }

    /// <summary>How far the mask's edge is softened, in pixels. Default 4.</summary>
    public int MaskBlur { get; init; } = 4;

    /// <summary>What stands under the mask at the beginning. Default: the picture.</summary>
    public MaskedContent MaskedContent { get; init; }

    /// <summary>Whether only the part around the mask is drawn, at the full size of the request, and put back. Default false.</summary>
    public bool MaskedOnly { get; init; }

    /// <summary>Pixels kept around the mask with <see cref="MaskedOnly"/>. Default 32.</summary>
    public int MaskPadding { get; init; } = 32;

    /// <summary>ControlNets and their pictures. Default: none.</summary>
    public IReadOnlyList<ControlImage> Controls { get; init; } = [];

    /// <summary>Adapters (LoRA and its relatives) for this request alone, in the order they are merged. Default: none.</summary>
    public IReadOnlyList<LoraUse> Loras { get; init; } = [];

    /// <summary>
    /// Textual inversions that the prompts may name. Default: none but those of <see cref="DiffusionModelOptions.Embeddings"/>, before which these go.
    /// </summary>
    public IReadOnlyList<TextualInversion> Embeddings { get; init; } = [];
    /// <summary>A model that takes over for the last steps, as SDXL's refiner does. Default: null, none.</summary>
    public RefinerModel? Refiner { get; init; }

    /// <summary>The score that SDXL's refiner is told the picture to have, about 1 to 10. Default 6.</summary>
    public float AestheticScore { get; init; } = 6;

    /// <summary>The score that SDXL's refiner leads away from. Default 2.5.</summary>
    public float NegativeAestheticScore { get; init; } = 2.5f;

    /// <summary>A second pass at a larger size. Default: null, none.</summary>
    public HighResolution? HighResolution { get; init; }

    /// <summary>Whether the picture is decoded by <see cref="DiffusionModelOptions.TinyAutoencoder"/>: rougher, in a fraction of the time. Default false.</summary>
    public bool TinyDecoding { get; init; }

    /// <summary>Called after every step on the thread that draws; may change the latents. Default: null.</summary>
    public Action<DiffusionStep>? AfterStep { get; init; }

    /// <summary>After every how many steps a preview is made. Default 0: none.</summary>
    public int PreviewEvery { get; init; }

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1, nameof(Steps));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Steps, 1000, nameof(Steps));
        ArgumentOutOfRangeException.ThrowIfLessThan(Count, 1, nameof(Count));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Count, 1024, nameof(Count));
        ArgumentOutOfRangeException.ThrowIfNegative(PreviewEvery, nameof(PreviewEvery));
        InUnit(Strength, nameof(Strength));
        InUnit(SubSeedStrength, nameof(SubSeedStrength));
        InUnit(GuidanceRescale, nameof(GuidanceRescale));
        InUnit(GuidanceFrom, nameof(GuidanceFrom));
        InUnit(GuidanceTo, nameof(GuidanceTo));
        if (ClipSkip is < 1 or > 64) throw new ArgumentOutOfRangeException(nameof(ClipSkip), ClipSkip, "The layer read counts from 1, the last.");
        ArgumentOutOfRangeException.ThrowIfNegative(MaskBlur, nameof(MaskBlur));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaskBlur, 256, nameof(MaskBlur));
        ArgumentOutOfRangeException.ThrowIfNegative(MaskPadding, nameof(MaskPadding));
        if (Mask is not null && Init is null) throw new ArgumentException("A mask needs a picture to lie on: Init.", nameof(Mask));
        if (Mask is not null && (Mask.Width != Init!.Width || Mask.Height != Init.Height))
            throw new ArgumentException($"The mask has {Mask.Width}x{Mask.Height} pixels, the picture {Init.Width}x{Init.Height}.", nameof(Mask));
        if (MaskedOnly && Mask is null) throw new ArgumentException("There is no mask to draw under.", nameof(MaskedOnly));
        if (HighResolution is not null && Init is not null) throw new ArgumentException("A second pass goes with pictures drawn from noise; use Init with a larger size instead.", nameof(HighResolution));
        HighResolution?.Validate();
        Refiner?.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(FeatureCaching, 1, nameof(FeatureCaching));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FeatureCaching, 100, nameof(FeatureCaching));
        if (FeatureCaching > 1 && Controls.Count > 0) throw new ArgumentException("Features cannot be used again where ControlNets change them at every step: leave FeatureCaching at 1.", nameof(FeatureCaching));
        if (!(ImageGuidance >= 1 && float.IsFinite(ImageGuidance))) throw new ArgumentOutOfRangeException(nameof(ImageGuidance), ImageGuidance, "The guidance of the picture is 1 or more.");
        if (!float.IsFinite(AestheticScore) || !float.IsFinite(NegativeAestheticScore)) throw new ArgumentOutOfRangeException(nameof(AestheticScore), AestheticScore, "A score is a finite number.");
        Tiles?.Validate();
        if (StepCaching is not (>= 0 and <= 100)) throw new ArgumentOutOfRangeException(nameof(StepCaching), StepCaching, "The error allowed lies between 0 and 100.");
        foreach (var control in Controls) control.Validate();
        foreach (var lora in Loras) lora.Validate();
        foreach (var embedding in Embeddings) ArgumentNullException.ThrowIfNull(embedding, nameof(Embeddings));
        if (!float.IsFinite(Guidance)) throw new ArgumentOutOfRangeException(nameof(Guidance), Guidance, "Guidance is a finite number.");
    }
    static void InUnit(float value, string name)
    {
        if (value is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(name, value, "The value lies between 0 and 1.");
    }
}
