using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Steering;

/// <summary>A ControlNet, loaded and ready to steer requests of any model of its family. Safe for concurrent use.</summary>
public sealed class ControlNetModel : IAsyncDisposable
{
    readonly ControlNetConfig config;

    ControlNetModel(string name, ControlNetConfig config, NetworkSession session)
    {
        (Name, this.config, Session) = (name, config, session);
    }

    /// <summary>The folder's or file's name.</summary>
    public string Name { get; }

    internal NetworkSession Session { get; }

    /// <summary>Loads a ControlNet.</summary>
    /// <param name="path">
    /// A folder as diffusers saves it (config.json and diffusion_pytorch_model.safetensors), or a single file in the original layout or
    /// diffusers', of Stable Diffusion 1, 2 or XL.
    /// </param>
    /// <param name="runtime">Where and how it runs; null for the defaults.</param>
    /// <param name="cancellationToken">Stops loading; nothing stays behind.</param>
    /// <exception cref="InvalidFileException">A file is missing or damaged.</exception>
    /// <exception cref="WeightMismatchException">The weights are not those of the architecture the configuration describes.</exception>
    public static async Task<ControlNetModel> LoadAsync(string path, RuntimeOptions? runtime = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path) && !File.Exists(path))
            throw new InvalidFileException(path, "there is no such folder or file.", remedy: "Give the folder that holds the ControlNet's config.json, or its single file.");
        var file = Directory.Exists(path) ? await ConfigFile.LoadAsync(Path.Combine(path, "config.json"), cancellationToken).ConfigureAwait(false) : null;
        var weightFile = file is null ? path
            : ((string[])["diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.bin"])
                .Select(n => Path.Combine(path, n)).FirstOrDefault(File.Exists)
            ?? throw new InvalidFileException(path, "there are no weights here (diffusion_pytorch_model.safetensors).", remedy: "Download them beside config.json.");
        var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return await Task.Run(() => CompileAsync(weightFile, name, file, runtime ?? new(), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Frees the network once the runs under way have ended.</summary>
    public ValueTask DisposeAsync() => Session.DisposeAsync();

    /// <summary>Makes sure it fits a model.</summary>
    internal void CheckFits(UNetConfig unet)
    {
        var own = config.UNet;
        if (own.CrossAttentionSize != unet.CrossAttentionSize || !own.BlockOutChannels.SequenceEqual(unet.BlockOutChannels)
            || own.LayersPerBlock != unet.LayersPerBlock || own.AdditionTimeSize is null != unet.AdditionTimeSize is null)
            throw new ArgumentException(
                $"The ControlNet '{Name}' is made for another family of models: it has channels {string.Join(", ", own.BlockOutChannels)} and {own.CrossAttentionSize} text features, " +
                $"the model {string.Join(", ", unet.BlockOutChannels)} and {unet.CrossAttentionSize}.");
    }

    /// <summary>The picture as the network reads it: [1, 3, height, width], 0 to 1.</summary>
    internal TensorData Condition(ImageBuffer image, int latentHeight, int latentWidth)
    {
        var (height, width) = (latentHeight * config.ConditionFactor, latentWidth * config.ConditionFactor);
        var fitted = image.WithChannels(3);
        if ((fitted.Width, fitted.Height) != (width, height)) fitted = fitted.Resize(width, height);
        var values = new float[3 * height * width];
        for (var i = 0; i < height * width; i++)
            for (var c = 0; c < 3; c++) values[(c * height * width) + i] = fitted.Pixels[(i * 3) + c] / 255f;
        return TensorData.Of(values, 1, 3, height, width);
    }

    static async Task<ControlNetModel> CompileAsync(string weightFile, string name, ConfigFile? file, RuntimeOptions runtime, CancellationToken cancellationToken)
    {
        using var weights = WeightFiles.Open(weightFile);
        var config = file is null ? OriginalControlNet.ConfigOf(weights) : ControlNetConfig.From(file);
        Runtime.Graphs.Graph graph;
        try
        {
            graph = DiffusionGraphs.ControlNet(config);
        }
        catch (Exception e) when (file is not null && (e is Runtime.Graphs.GraphException or OverflowException))
        {
            throw new InvalidFileException(file!.Path, "its dimensions contradict each other.", remedy: "Take the file from where the ControlNet came from.", innerException: e);
        }

        using var renamed = OriginalControlNet.InDiffusersLayout(weights, graph.Parameters.Keys, config.UNet);
        WeightMatching.Check(renamed, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())));
        var session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), renamed), runtime, name, null, cancellationToken).ConfigureAwait(false);
        return new(name, config, session);
    }
}
