using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Generation;

/// <summary>Loads tiny autoencoders: a folder of diffusers', or an original file.</summary>
static class TinyAutoencoderFile
{
    /// <summary>Compiles the decoder.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="vae">The model's own autoencoder, whose latents it must fit.</param>
    /// <param name="options">How networks run.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <exception cref="InvalidFileException">It is missing, damaged, or for other latents.</exception>
    public static async Task<NetworkSession> CompileDecoderAsync(string path, VaeConfig vae, DiffusionModelOptions options, CancellationToken cancellationToken)
    {
        var isFolder = Directory.Exists(path);
        var file = isFolder ? Path.Combine(path, "diffusion_pytorch_model.safetensors") : path;
        if (!File.Exists(file)) throw new InvalidFileException(file, "there is no such file.", remedy: "Give a tiny autoencoder as diffusers' folder, or its original decoder's file.");
        using var weights = TinyAutoencoder.InDiffusersLayout(WeightFiles.Open(file));
        var config = isFolder
            ? TinyAutoencoderConfig.From(await ConfigFile.LoadAsync(Path.Combine(path, "config.json"), cancellationToken).ConfigureAwait(false))
            : FromWeights(weights);
        if (config.LatentChannels != vae.LatentChannels || config.Factor != vae.Factor)
            throw new InvalidFileException(
                file, $"it is made for latents of {config.LatentChannels} channels, {config.Factor} times smaller than the picture; the model's have {vae.LatentChannels} and are {vae.Factor} times smaller.",
                remedy: "Take the tiny autoencoder of the model's family.");
        var graph = DiffusionGraphs.TinyDecoder(config);
        WeightMatching.Check(weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), "encoder.{p*}");
        return await NetworkSession.CreateAsync(
            OnnxWriter.Write(graph.Optimise(options.Passes), weights), options.Runtime, "tiny autoencoder", null, cancellationToken).ConfigureAwait(false);
    }

    static TinyAutoencoderConfig FromWeights(IWeightSource weights) =>
        weights.Find("decoder.layers.0.weight") is { Dimensions: [var channels, var latent, 3, 3] } && channels is > 0 and <= 4096 && latent is > 0 and <= 1024
            ? new() { LatentChannels = (int)latent, DecoderChannels = [.. Enumerable.Repeat((int)channels, 4)] }
            : throw new InvalidFileException(weights.Name, "it holds no decoder of a tiny autoencoder.", remedy: "Give taesd_decoder.safetensors or diffusers' folder.");
}
