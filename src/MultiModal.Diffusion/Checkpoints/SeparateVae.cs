using MultiModal.Diffusion.Networks;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>An autoencoder apart from its model: diffusers' folder, or a single file under either kind of names.</summary>
sealed class SeparateVae
{
    readonly string file;

    SeparateVae(string file, VaeConfig config) => (this.file, Config) = (file, config);

    public VaeConfig Config { get; }

    /// <summary>Looks at it.</summary>
    /// <param name="path">A folder with config.json, or a file of weights.</param>
    /// <param name="own">The dimensions of the model's own autoencoder, which a file without a configuration must have too.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidFileException">It is missing, damaged, or makes other latents than the model's.</exception>
    public static async Task<SeparateVae> OpenAsync(string path, VaeConfig own, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
            return File.Exists(path) ? new(path, own) : throw new InvalidFileException(path, "there is no such folder or file.", remedy: "Give the autoencoder's file, or diffusers' folder.");
        var config = VaeConfig.From(await ConfigFile.LoadAsync(Path.Combine(path, "config.json"), cancellationToken).ConfigureAwait(false));
        if (config.LatentChannels != own.LatentChannels || config.Factor != own.Factor)
            throw new InvalidFileException(
                path, $"its latents have {config.LatentChannels} channels and are {config.Factor} times smaller than the picture; the model's have {own.LatentChannels} and are {own.Factor} times smaller.",
                remedy: "Take an autoencoder of the model's family.");
        return new(DiffusersFolder.FindWeights(path, "diffusion_pytorch_model", null), config);
    }

    public IWeightSource OpenWeights()
    {
        var weights = WeightFiles.Open(file);
        try
        {
            // In a .ckpt there is a state_dict around it, in a whole model's file the model; the layers' names tell where it begins.
            var first = ((string[])["encoder.conv_in.weight", "decoder.conv_in.weight"])
                .SelectMany(end => weights.Names.Where(n => n.EndsWith(end, StringComparison.Ordinal)).Select(n => n[..^end.Length])).FirstOrDefault()
                ?? throw new InvalidFileException(file, "it holds no autoencoder.", remedy: "Give a file with encoder and decoder of an AutoencoderKL.");
            var view = weights.Under(first);
            var isOriginal = view.Names.Any(n => n.StartsWith("decoder.up.", StringComparison.Ordinal));
            return isOriginal ? Rename(view, Config) : LegacyNames.For("vae", view);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>An autoencoder in the original layout under diffusers' names; what else lies beside it (a discriminator, averages) is left out.</summary>
    public static IWeightSource Rename(IWeightSource weights, VaeConfig config)
    {
        var map = new WeightMap();
        foreach (var name in AutoencoderKL.ParameterNames(config))
        {
            var original = OriginalNames.OfVae(name, config.BlockOutChannels.Count);
            if (OriginalNames.IsSqueezed(name)) map.Squeeze(original, name);
            else map.Rename(original, name);
        }

        return map.DropOthers().Apply(weights);
    }
}
