using System.Numerics.Tensors;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Generation;

/// <summary>The networks of one model, compiled. Safe for concurrent use.</summary>
sealed class DiffusionNetworks : IAsyncDisposable
{
    readonly ModelFiles files;
    readonly DiffusionModelOptions options;
    readonly NetworkSession[] textEncoders;
    readonly NetworkSession vaeDecoder;
    readonly SemaphoreSlim compiling = new(1, 1);
    readonly LazyNetwork vaeEncoder;
    readonly LazyNetwork? tinyDecoder;
    readonly AdaptedNetworks adaptedUNets, adaptedTextEncoders;
    volatile HeldNetwork unet;

    DiffusionNetworks(ModelFiles files, DiffusionModelOptions options, NetworkSession[] textEncoders, NetworkSession unet, NetworkSession vaeDecoder)
    {
        this.files = files;
        this.options = options;
        this.textEncoders = textEncoders;
        this.unet = new(unet);
        adaptedUNets = new(options.KeptLoraSets);
        adaptedTextEncoders = new(options.KeptLoraSets * textEncoders.Length);
        this.vaeDecoder = vaeDecoder;
        vaeEncoder = new(stop => CompileAsync(files, "vae", () => DiffusionGraphs.VaeEncoder(files.Vae), options, stop, ["decoder.{p*}", "post_quant_conv.{p*}"]));
        tinyDecoder = options.TinyAutoencoder is { } path ? new(stop => TinyAutoencoderFile.CompileDecoderAsync(path, files.Vae, options, stop)) : null;
    }

    /// <summary>Whether the UNet runs on the processor.</summary>
    public bool OnCpu => unet.Session.Device.Device == Device.Cpu;

    /// <summary>What each network runs on, and what was tried.</summary>
    public string Describe() => unet.Session.Describe();

    public static async Task<DiffusionNetworks> LoadAsync(
        ModelFiles files, DiffusionModelOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var made = new List<NetworkSession>();
        var (part, parts) = (0, files.TextEncoders.Count + 2);
        try
        {
            // The largest first: while it loads, its stored and its widened weights are both in memory.
            await AddAsync("unet", () => DiffusionGraphs.UNet(files.UNet)).ConfigureAwait(false);
            await AddAsync("vae", () => DiffusionGraphs.VaeDecoder(files.Vae)).ConfigureAwait(false);
            foreach (var encoder in files.TextEncoders)
                await AddAsync(encoder.Component, () => DiffusionGraphs.TextEncoder(encoder.Config, anyLayer: true, vectors: true)).ConfigureAwait(false);
            return new(files, options, [.. made.Skip(2)], made[0], made[1]);
        }
        catch
        {
            foreach (var session in made) session.Dispose();
            throw;
        }

        async Task AddAsync(string component, Func<Graph> graph)
        {
            progress?.Report(new(component, part++, parts));
            made.Add(await CompileAsync(files, component, graph, options, cancellationToken).ConfigureAwait(false));
            if (part == parts) progress?.Report(new("done", parts, parts));
        }
    }

    /// <summary>Runs a text encoder on one prompt.</summary>
    /// <param name="encoder">Which one.</param>
    /// <param name="ids">Token ids.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <param name="skip">Which hidden state <see cref="TextStates.Chosen"/> is of, from the last: 1 is the last layer's, 2 the one's before.</param>
    /// <param name="adapted">The encoders of a request with adapters; null for the model's own.</param>
    /// <param name="vectors">What stands in the place of tokens' embeddings; null for nothing.</param>
    public TextStates EncodeText(
        int encoder, IReadOnlyList<int> ids, CancellationToken cancellationToken, int skip = 1, AdaptedText? adapted = null,
        IReadOnlyList<(int At, ReadOnlyMemory<float> Vector)>? vectors = null)
    {
        var features = files.TextEncoders[encoder].Config.HiddenSize;
        var (values, places) = (new float[ids.Count * features], new bool[ids.Count]);
        foreach (var (at, vector) in vectors ?? [])
        {
            vector.Span.CopyTo(values.AsSpan(at * features));
            places[at] = true;
        }

        var inputs = new Dictionary<string, TensorData>
        {
            ["input_ids"] = TensorData.Of([.. ids.Select(id => (long)id)], 1, ids.Count),
            ["vectors"] = TensorData.Of(values, 1, ids.Count, features),
            ["is_vector"] = TensorData.Of(places, 1, ids.Count),
            ["layer"] = TensorData.Of([files.TextEncoders[encoder].Config.Layers + 1L - skip], 1),
        };
        var results = (adapted?.SessionOf(encoder) ?? textEncoders[encoder]).Run(inputs, cancellationToken: cancellationToken);
        return new(results["last_hidden_state"], results["penultimate_hidden_state"], results["pooled"], results["state"], results["normalised_state"]);
    }

    /// <summary>Whether there is a tiny autoencoder.</summary>
    public bool HasTinyDecoder => tinyDecoder is not null;

    /// <summary>The UNet for latents of a size: the one at hand, or a form of it that takes more, compiled when first needed and kept in its place.</summary>
    /// <param name="height">Rows of the latents.</param>
    /// <param name="width">Columns of the latents.</param>
    /// <param name="controlled">Whether ControlNets steer it.</param>
    /// <param name="loras">Adapters to merge in; null for none. The UNet itself is never changed.</param>
    /// <param name="cancellationToken">Stops the compilation.</param>
    /// <returns>A hold on the session, to be disposed when the request is done. Once a form takes residuals, it takes them from every request.</returns>
    public async ValueTask<HeldNetwork.Lease> UNetForAsync(int height, int width, bool controlled, LoraSet? loras, CancellationToken cancellationToken)
    {
        var multiple = 1 << (files.UNet.BlockOutChannels.Count - 1);
        var odd = height % multiple != 0 || width % multiple != 0;
        var edits = loras?.EditsOf("unet") is { Count: > 0 } changes ? changes : null;
        if (edits is null && unet is { } ready && ready.Form.Serves(odd, controlled) && ready.TryHold() is { } lease) return lease;
        await compiling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!unet.Form.Serves(odd, controlled))
            {
                var (old, form) = (unet, new UNetForm(unet.Form.TakesAnySize || odd, unet.Form.TakesResiduals || controlled));
                unet = new(await CompileUNetAsync(form, null, cancellationToken).ConfigureAwait(false), form);
                old.Retire();

                // They keep the old form's weights in memory.
                adaptedUNets.Clear();
            }

            // Only who compiles retires, and that is us.
            if (edits is null) return unet.TryHold()!;
            if (adaptedUNets.TryHold(loras!.Key, f => f.Serves(odd, controlled)) is { } known) return known;
            var session = edits.Keys.All(unet.Session.CanChange)
                ? await unet.Session.WithWeightsAsync(edits, cancellationToken).ConfigureAwait(false)
                : await CompileUNetAsync(unet.Form, edits, cancellationToken).ConfigureAwait(false);
            return adaptedUNets.Add(loras.Key, new(session, unet.Form));
        }
        finally
        {
            compiling.Release();
        }
    }

    /// <summary>
    /// Finds out what the UNet predicts, by running it once at the noisiest timestep: of latents that are all alike, noise is predicted to be
    /// about themselves, velocity far below (the test of stable-diffusion.cpp).
    /// </summary>
    public PredictionType ProbePrediction(CancellationToken cancellationToken)
    {
        const float value = 0.5f, velocity = -1;
        var (config, side) = (files.UNet, Math.Max(8, 1 << (files.UNet.BlockOutChannels.Count - 1)));
        var inputs = new Dictionary<string, TensorData>
        {
            ["sample"] = Filled(1, config.InChannels, side, side),
            ["timestep"] = TensorData.Of([999f], 1),
            ["encoder_hidden_states"] = Filled(1, 2, config.CrossAttentionSize),
        };
        var predicted = unet.Session.Run(inputs, cancellationToken: cancellationToken)["output"].Floats;
        return TensorPrimitives.Sum(predicted) / predicted.Length - value < velocity ? PredictionType.VPrediction : PredictionType.Epsilon;

        static TensorData Filled(params long[] shape)
        {
            var tensor = TensorData.Zeros(DType.Float32, shape);
            tensor.Floats.Fill(value);
            return tensor;
        }
    }

    /// <summary>The text encoders with adapters merged in; null where the adapters change none of them.</summary>
    /// <param name="loras">The adapters; null for none.</param>
    /// <param name="cancellationToken">Stops the merge.</param>
    /// <returns>A hold on them, to be disposed when the prompts are encoded.</returns>
    public async ValueTask<AdaptedText?> TextEncodersForAsync(LoraSet? loras, CancellationToken cancellationToken)
    {
        if (loras is null || !files.TextEncoders.Any(e => loras.EditsOf(e.Component).Count > 0)) return null;
        await compiling.WaitAsync(cancellationToken).ConfigureAwait(false);
        var held = new HeldNetwork.Lease?[textEncoders.Length];
        try
        {
            for (var i = 0; i < held.Length; i++)
            {
                var (name, config) = (files.TextEncoders[i].Component, files.TextEncoders[i].Config);
                if (loras.EditsOf(name) is not { Count: > 0 } edits) continue;
                var key = $"{name}|{loras.Key}";
                held[i] = adaptedTextEncoders.TryHold(key, _ => true) ?? adaptedTextEncoders.Add(key, new(
                    edits.Keys.All(textEncoders[i].CanChange)
                        ? await textEncoders[i].WithWeightsAsync(edits, cancellationToken).ConfigureAwait(false)
                        : await CompileAsync(files, name, () => DiffusionGraphs.TextEncoder(config, anyLayer: true, vectors: true), options, cancellationToken, edits: edits).ConfigureAwait(false)));
            }

            return new(held);
        }
        catch
        {
            foreach (var lease in held) lease?.Dispose();
            throw;
        }
        finally
        {
            compiling.Release();
        }
    }

    Task<NetworkSession> CompileUNetAsync(UNetForm form, IReadOnlyDictionary<string, IWeightEdit>? edits, CancellationToken cancellationToken) => CompileAsync(
        files, "unet", () => DiffusionGraphs.UNet(files.UNet, form.TakesAnySize, form.TakesResiduals), options, cancellationToken, edits: edits);

    /// <summary>The shapes of the residuals a UNet takes for latents of a size, the middle's last.</summary>
    public IReadOnlyList<(string Name, long[] Shape)> ResidualShapes(int batch, int height, int width)
    {
        var config = files.UNet;
        var shapes = new List<(string, long[])>();
        Add(config.BlockOutChannels[0]);
        for (var i = 0; i < config.BlockOutChannels.Count; i++)
        {
            for (var n = 0; n < config.LayersPerBlock; n++) Add(config.BlockOutChannels[i]);
            if (i == config.BlockOutChannels.Count - 1) break;
            (height, width) = config.DownsamplePadding == 0 ? (height / 2, width / 2) : ((height + 1) / 2, (width + 1) / 2);
            Add(config.BlockOutChannels[i]);
        }

        shapes.Add(("mid", [batch, config.BlockOutChannels[^1], height, width]));
        return shapes;

        void Add(int channels) => shapes.Add(($"down_{shapes.Count}", [batch, channels, height, width]));
    }

    /// <summary>The distribution of a picture's latent, without the scaling factor: [batch, 3, height, width], -1 to 1, to [batch, channels, height / factor, width / factor] twice.</summary>
    public async ValueTask<(TensorData Mean, TensorData LogVariance)> EncodeAsync(TensorData image, CancellationToken cancellationToken)
    {
        var encoder = await vaeEncoder.GetAsync(cancellationToken).ConfigureAwait(false);
        var results = encoder.Run(new Dictionary<string, TensorData> { ["image"] = image }, cancellationToken: cancellationToken);
        return (results["mean"], results["logvar"]);
    }

    /// <summary>The tiny autoencoder's decoder: latent, as the UNet has it, to image [batch, 3, height * factor, width * factor], -1 to 1. Null where there is none.</summary>
    public async ValueTask<NetworkSession?> TinyDecoderAsync(CancellationToken cancellationToken) =>
        tinyDecoder is null ? null : await tinyDecoder.GetAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Decodes latents without the scaling factor: [batch, channels, height, width] to [batch, 3, height * factor, width * factor].</summary>
    public TensorData Decode(TensorData latents, CancellationToken cancellationToken) =>
        vaeDecoder.Run(new Dictionary<string, TensorData> { ["latent"] = latents }, cancellationToken: cancellationToken)["image"];

    /// <summary>Frees the networks once the runs under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        adaptedUNets.Clear();
        adaptedTextEncoders.Clear();
        foreach (var session in (NetworkSession[])[.. textEncoders, unet.Session, vaeDecoder]) await session.DisposeAsync().ConfigureAwait(false);
        await vaeEncoder.DisposeAsync().ConfigureAwait(false);
        if (tinyDecoder is not null) await tinyDecoder.DisposeAsync().ConfigureAwait(false);
    }

    static async Task<NetworkSession> CompileAsync(
        ModelFiles files, string component, Func<Graph> build, DiffusionModelOptions options, CancellationToken cancellationToken,
        IReadOnlyList<string>? ignored = null, IReadOnlyDictionary<string, IWeightEdit>? edits = null)
    {
        var graph = Build(files, component, build);
        using var weights = files.OpenWeights(component);
        WeightMatching.Check(weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), ignored ?? LegacyNames.Ignored(component));
        using var edited = edits is null ? weights : new EditedWeights(weights, edits);
        var model = OnnxWriter.Write(graph.Optimise(options.Passes), edited);
        return await NetworkSession.CreateAsync(model, options.Runtime, $"{files.Name}/{component}", null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Builds a graph; where the file's dimensions contradict each other, the file is to blame.</summary>
    internal static Graph Build(ModelFiles files, string component, Func<Graph> build)
    {
        try
        {
            return build();
        }
        catch (Exception e) when (e is GraphException or OverflowException)
        {
            throw new InvalidFileException(
                files.ConfigPath(component), "its dimensions contradict each other.", remedy: "Take the file from where the model came from.", innerException: e);
        }
    }
}
