using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>The files of one model, whatever their form: what they describe, and their weights under diffusers' names.</summary>
abstract class ModelFiles
{
    SeparateVae? separateVae;

    /// <summary>What the model is called: the folder's or file's name.</summary>
    public required string Name { get; init; }

    public required UNetConfig UNet { get; set; }

    public required VaeConfig Vae { get; set; }

    /// <summary>One text encoder, or SDXL's two.</summary>
    public required IReadOnlyList<TextEncoderFiles> TextEncoders { get; init; }

    public required SchedulerConfig Scheduler { get; set; }

    /// <summary>Whether an absent negative prompt means zeros instead of the encoding of "" (SDXL).</summary>
    public required bool ZerosForEmptyPrompt { get; init; }

    /// <summary>Whether the files say what the UNet predicts; otherwise it is found out by running it.</summary>
    public bool SaysPrediction { get; set; } = true;

    public ModelFamily Family => UNet.SizeNumbers switch
    {
        5 => ModelFamily.StableDiffusionXLRefiner,
        6 => ModelFamily.StableDiffusionXL,
        _ => UNet.CrossAttentionSize == 1024 ? ModelFamily.StableDiffusion2 : ModelFamily.StableDiffusion1,
    };

    /// <summary>Reads everything but the weights.</summary>
    /// <param name="path">A folder as diffusers saves it, or a single file.</param>
    /// <param name="options">What the user says beyond the files.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidFileException">A file is missing or damaged; the message names it.</exception>
    public static async Task<ModelFiles> OpenAsync(string path, DiffusionModelOptions options, CancellationToken cancellationToken)
    {
        ModelFiles files = File.Exists(path)
            ? await SingleFile.ReadAsync(path, options, cancellationToken).ConfigureAwait(false)
            : await DiffusersFolder.OpenAsync(path, options.Variant, cancellationToken).ConfigureAwait(false);
        if (options.VaePath is { } vae)
        {
            files.separateVae = await SeparateVae.OpenAsync(vae, files.Vae, cancellationToken).ConfigureAwait(false);
            files.Vae = files.separateVae.Config;
        }

        if (options.Prediction is { } prediction) files.SettlePrediction(prediction);
        if (options.ZeroTerminalSnr is { } zero) files.Scheduler = files.Scheduler.WithZeroTerminalSnr(zero);
        return files;
    }

    /// <summary>Puts down what the UNet predicts.</summary>
    public virtual void SettlePrediction(PredictionType prediction)
    {
        Scheduler = Scheduler.WithPrediction(prediction);
        SaysPrediction = true;
    }

    /// <summary>The weights of a component, "unet", "vae", "text_encoder" or "text_encoder_2", under diffusers' names.</summary>
    /// <exception cref="InvalidFileException">There are none, or they are damaged.</exception>
    public IWeightSource OpenWeights(string component) =>
        component == "vae" && separateVae is not null ? separateVae.OpenWeights() : OpenOwnWeights(component);

    /// <summary>The file that describes a component.</summary>
    public abstract string ConfigPath(string component);

    protected abstract IWeightSource OpenOwnWeights(string component);
}
