using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>What a single file holds, found by its tensors: their names begin as they do in the program each family was published with.</summary>
/// <param name="Family">The architecture.</param>
/// <param name="InChannels">Channels into the UNet: 4, 8 for pix2pix, 9 for inpainting.</param>
/// <param name="UNetPrefix">What the names of the UNet's tensors begin with.</param>
/// <param name="VaePrefix">What the autoencoder's begin with; null where the file has none.</param>
/// <param name="TextPrefixes">What each text encoder's begin with, and whether it is an OpenCLIP.</param>
sealed record SingleFileLayout(ModelFamily Family, int InChannels, string UNetPrefix, string? VaePrefix, IReadOnlyList<(string Prefix, bool IsOpenClip)> TextPrefixes)
{
    const string UNetStart = "model.diffusion_model.";

    /// <summary>What the tensors' names begin with in the file as a whole: "state_dict." in most .ckpt files.</summary>
    public string Root => UNetPrefix[..^UNetStart.Length];

    /// <summary>Looks at the tensors of a file.</summary>
    /// <exception cref="InvalidFileException">It is no Stable Diffusion model, or lacks a part of it.</exception>
    public static SingleFileLayout Of(IWeightSource weights)
    {
        const string first = UNetStart + "input_blocks.0.0.weight";
        var firstName = weights.Names.Where(n => n.EndsWith(first, StringComparison.Ordinal)).MinBy(n => n.Length) ?? throw Unknown(weights);
        var root = firstName[..^first.Length];
        if (weights.Get(firstName).Dimensions is not [_, var channels and > 0 and <= 1024, _, _]) throw new InvalidFileException(weights.Name, "it is no convolution.", $"tensor '{firstName}'");
        var text = weights.Names.FirstOrDefault(n => n.StartsWith(root + UNetStart, StringComparison.Ordinal) && n.EndsWith("transformer_blocks.0.attn2.to_k.weight", StringComparison.Ordinal));
        var features = text is not null && weights.Get(text).Dimensions is [_, var size] ? size : 0;

        bool Has(string prefix) => weights.Names.Any(n => n.StartsWith(root + prefix, StringComparison.Ordinal));
        var (family, encoders) =
            Has("conditioner.embedders.1.model.") ? (ModelFamily.StableDiffusionXL, ((string, bool)[])[("conditioner.embedders.0.transformer.", false), ("conditioner.embedders.1.model.", true)])
            : Has("conditioner.embedders.0.model.") ? (ModelFamily.StableDiffusionXLRefiner, [("conditioner.embedders.0.model.", true)])
            : Has("cond_stage_model.model.") ? (ModelFamily.StableDiffusion2, [("cond_stage_model.model.", true)])
            : Has("cond_stage_model.transformer.") ? (ModelFamily.StableDiffusion1, [("cond_stage_model.transformer.", false)])
            : throw new InvalidFileException(
                weights.Name, $"it holds a UNet (for {features} text features) but no text encoder.",
                remedy: "Take the model's full file, with UNet, autoencoder and text encoder, or a folder as diffusers saves it.");
        foreach (var (prefix, _) in encoders)
            if (!Has(prefix)) throw new InvalidFileException(weights.Name, $"it lacks the text encoder '{prefix}'.", remedy: "Take the model's full file.");
        var vae = ((string[])["first_stage_model.", "vae."]).FirstOrDefault(Has);
        return new(family, (int)channels, root + UNetStart, vae is null ? null : root + vae, [.. encoders.Select(e => (root + e.Item1, e.Item2))]);
    }

    /// <summary>The folders of the text encoders in diffusers' layout; the refiner's only one is the second of SDXL.</summary>
    public IReadOnlyList<string> TextComponents => Family switch
    {
        ModelFamily.StableDiffusionXL => ["text_encoder", "text_encoder_2"],
        ModelFamily.StableDiffusionXLRefiner => ["text_encoder_2"],
        _ => ["text_encoder"],
    };

    /// <summary>A component of a file under diffusers' names.</summary>
    /// <param name="weights">The file. Disposing the result disposes it.</param>
    /// <param name="component">"unet", "vae", "text_encoder" or "text_encoder_2".</param>
    /// <param name="unet">The UNet's dimensions.</param>
    /// <param name="vae">The autoencoder's.</param>
    /// <param name="texts">Those of the text encoders.</param>
    /// <exception cref="InvalidFileException">The file has none.</exception>
    public IWeightSource Component(IWeightSource weights, string component, UNetConfig unet, VaeConfig vae, IReadOnlyList<ClipTextConfig> texts)
    {
        switch (component)
        {
            case "unet":
                var map = new WeightMap();
                foreach (var name in DiffusionGraphs.UNet(unet).Parameters.Keys) map.Rename(OriginalNames.OfUNet(name, unet), name);
                return map.Apply(weights.Under(UNetPrefix));
            case "vae":
                return SeparateVae.Rename(weights.Under(VaePrefix ?? throw new InvalidFileException(
                    weights.Name, "it holds no autoencoder.", remedy: $"Name one with {nameof(DiffusionModelOptions)}.{nameof(DiffusionModelOptions.VaePath)}.")), vae);
            default:
                var index = TextComponents.ToList().IndexOf(component);
                var (prefix, isOpenClip) = TextPrefixes[index];
                return (isOpenClip ? OriginalNames.OpenClip(texts[index]) : OriginalNames.Clip).Apply(weights.Under(prefix));
        }
    }

    static InvalidFileException Unknown(IWeightSource weights)
    {
        (string Key, string Kind, string Remedy)[] others =
        [
            ("joint_blocks.0.", "Stable Diffusion 3", "Only Stable Diffusion 1, 2 and XL are supported."),
            ("double_blocks.0.", "Flux", "Only Stable Diffusion 1, 2 and XL are supported."),
            ("lora_down.weight", "a LoRA", "Load the model it belongs to, and give the LoRA with a request."),
            ("lora_A.weight", "a LoRA", "Load the model it belongs to, and give the LoRA with a request."),
            ("zero_convs.0.", "a ControlNet", "Load it with ControlNetModel.LoadAsync."),
            ("controlnet_cond_embedding.", "a ControlNet", "Load it with ControlNetModel.LoadAsync."),
            ("decoder.up.0.", "an autoencoder alone", "Give it as VaePath beside a model."),
            ("decoder.up_blocks.0.", "an autoencoder alone", "Give it as VaePath beside a model."),
            ("down_blocks.0.", "a part of a diffusers folder", "Give the folder that holds model_index.json."),
            ("input_blocks.0.0.weight", "a UNet alone", "Take the model's full file, with UNet, autoencoder and text encoder."),
        ];
        foreach (var (key, kind, remedy) in others)
            if (weights.Names.Any(n => n.Contains(key, StringComparison.Ordinal)))
                return new(weights.Name, $"it holds {kind}, not a Stable Diffusion model.", remedy: remedy);
        return new(weights.Name, $"it holds no Stable Diffusion model: no tensor's name ends with '{UNetStart}input_blocks.0.0.weight'.", remedy: "Give a checkpoint of Stable Diffusion 1, 2 or XL.");
    }
}
