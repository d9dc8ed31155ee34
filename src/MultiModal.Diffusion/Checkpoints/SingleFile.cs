using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>A model in one file (.safetensors, .ckpt), in the layout of the programs it was published with.</summary>
sealed class SingleFile : ModelFiles
{
    readonly string path;
    readonly SingleFileLayout layout;

    SingleFile(string path, SingleFileLayout layout)
    {
        this.path = path;
        this.layout = layout;
    }

    /// <summary>Recognises a file by what is in it and reads everything but the weights.</summary>
    /// <exception cref="InvalidFileException">It is damaged or holds something else, or there is no tokenizer for it.</exception>
    public static async Task<SingleFile> ReadAsync(string path, DiffusionModelOptions options, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        var (layout, flags) = await Task.Run(() =>
        {
            using var weights = WeightFiles.Open(full);
            var found = SingleFileLayout.Of(weights);
            return (found, PredictionFlags.Of(weights, found));
        }, cancellationToken).ConfigureAwait(false);
        var known = ModelConfigurations.Of(layout.Family);

        // A folder of diffusers' beside the file may describe a variant of the family, such as a smaller one.
        var folder = File.Exists(Path.Combine(options.Configuration ?? "", "model_index.json"))
            ? await DiffusersFolder.OpenAsync(options.Configuration!, null, cancellationToken).ConfigureAwait(false) : null;
        if (folder is not null && folder.TextEncoders.Count != layout.TextPrefixes.Count)
            throw new InvalidFileException(
                options.Configuration!, $"it describes a model of {folder.TextEncoders.Count} text encoder(s); {Path.GetFileName(path)} has {layout.TextPrefixes.Count}.",
                remedy: "Name a configuration of the file's own family.");
        var configs = folder?.TextEncoders.Select(e => e.Config).ToList() ?? known.TextEncoders;
        var encoders = new List<TextEncoderFiles>();
        foreach (var (i, component) in layout.TextComponents.Index())
            encoders.Add(new(component, configs[i], folder?.TextEncoders[i].Tokenizer
                ?? await TokenizerSearch.FindAsync(full, layout.TextPrefixes[i].IsOpenClip, component == "text_encoder_2", options, cancellationToken).ConfigureAwait(false)));
        var scheduler = flags.Apply(folder?.Scheduler ?? known.SchedulerConfig());
        var files = new SingleFile(full, layout)
        {
            Name = Path.GetFileNameWithoutExtension(full),
            UNet = (folder?.UNet ?? known.UNet) with { InChannels = layout.InChannels },
            Vae = folder?.Vae ?? known.Vae,
            TextEncoders = encoders,
            Scheduler = scheduler,
            ZerosForEmptyPrompt = folder?.ZerosForEmptyPrompt ?? known.ZerosForEmptyPrompt,
            SaysPrediction = folder is not null || layout.Family != ModelFamily.StableDiffusion2,
        };
        if (flags.Prediction is { } prediction) files.SettlePrediction(prediction);
        return files;
    }

    public override void SettlePrediction(PredictionType prediction)
    {
        // Stable Diffusion 2 was published in two sizes; the larger one predicts velocity.
        if (!SaysPrediction) UNet = UNet with { SampleSize = prediction == PredictionType.VPrediction ? 96 : 64 };
        base.SettlePrediction(prediction);
    }

    public override string ConfigPath(string component) => path;

    protected override IWeightSource OpenOwnWeights(string component)
    {
        var weights = WeightFiles.Open(path);
        try
        {
            return layout.Component(weights, component, UNet, Vae, [.. TextEncoders.Select(e => e.Config)]);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }
}
