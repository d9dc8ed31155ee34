using System.Numerics.Tensors;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Generation;

/// <summary>The networks of one model. Safe for concurrent use.</summary>
sealed class DiffusionNetworks : IAsyncDisposable
{
    // A prompt of 75 tokens takes one or two megabytes with all the states that may be asked for.
    const long PromptBytes = 64L << 20;

    readonly ModelFiles files;
    readonly NetworkCompiler compiler;
    readonly OnDemandNetwork[] textEncoders;
    readonly OnDemandNetwork vaeDecoder, fullVaeDecoder, vaeEncoder;
    readonly OnDemandNetwork? tinyDecoder;
    readonly SafeDecoder decoder;
    readonly SemaphoreSlim compiling = new(1, 1);
    readonly AdaptedNetworks adaptedUNets, adaptedTextEncoders;
    volatile HeldNetwork unet;

    DiffusionNetworks(ModelFiles files, DiffusionModelOptions options, NetworkCompiler compiler, HeldNetwork unet)
    {
        this.files = files;
        this.compiler = compiler;
        this.unet = unet;
        var keeps = compiler.Mode == MemoryMode.Full;
        adaptedUNets = new(options.KeptLoraSets);
        adaptedTextEncoders = new(keeps ? options.KeptLoraSets * files.TextEncoders.Count : 0);
        textEncoders = [.. files.TextEncoders.Select(e => new OnDemandNetwork(stop => compiler.TextEncoderAsync(e, null, null, stop), keeps))];
        vaeDecoder = new(compiler.VaeDecoderAsync, keeps);
        fullVaeDecoder = new(compiler.FullVaeDecoderAsync, keeps);
        vaeEncoder = new(compiler.VaeEncoderAsync, keeps);
        tinyDecoder = options.TinyAutoencoder is { } path ? new(stop => TinyAutoencoderFile.CompileDecoderAsync(path, files.Vae, options, stop), keeps: true) : null;
        decoder = new((latents, stop) => DecodeAsync(vaeDecoder, latents, stop), OnCpu ? null : (latents, stop) => DecodeAsync(fullVaeDecoder, latents, stop));
    }

    /// <summary>What is kept in memory; never <see cref="MemoryMode.Auto"/>.</summary>
    public MemoryMode Mode => compiler.Mode;

    /// <summary>Whether the UNet runs on the processor.</summary>
    public bool OnCpu => unet.Session.Device.Device == Device.Cpu;

    /// <summary>What the last prompts were encoded to.</summary>
    public PromptCache KnownPrompts { get; } = new(PromptBytes);

    public int TextEncoderCount => textEncoders.Length;

    /// <summary>Networks beside the UNet that are in memory now.</summary>
    internal int LoadedBesideUNet => new[] { vaeDecoder, vaeEncoder }.Concat(textEncoders).Count(n => n.IsLoaded);

    /// <summary>What each network runs on, and what was tried.</summary>
    public string Describe() => $"MemoryMode.{Mode}{Environment.NewLine}{unet.Session.Describe()}";

    /// <summary>Loads a model's networks in the mode asked for, or the first that fits.</summary>
    public static async Task<DiffusionNetworks> LoadAsync(
        ModelFiles files, DiffusionModelOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var modes = MemoryChoice.ModesFor(files, options).ToList();
        for (var i = 0; ; i++)
        {
            try
            {
                return await LoadAsync(files, options, modes[i], progress, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is DeviceMemoryException or OutOfMemoryException)
            {
                if (i == modes.Count - 1) throw MemoryChoice.Explain(modes[i], e);
            }
        }
    }

    /// <summary>How many layers a text encoder has.</summary>
    public int TextLayers(int encoder) => files.TextEncoders[encoder].Config.Layers;

    /// <summary>Features of a text encoder's tokens.</summary>
    public int TextFeatures(int encoder) => files.TextEncoders[encoder].Config.HiddenSize;

    /// <summary>Whether adapters change a text encoder.</summary>
    public bool Changes(int encoder, LoraSet? loras) => loras?.EditsOf(files.TextEncoders[encoder].Component) is { Count: > 0 };

    /// <summary>Whether there is a tiny autoencoder.</summary>
    public bool HasTinyDecoder => tinyDecoder is not null;

    /// <summary>The form of the UNet that latents of a size need.</summary>
    public UNetForm FormFor(int height, int width, bool controlled, bool features = false)
    {
        var multiple = 1 << (files.UNet.BlockOutChannels.Count - 1);
        return new(height % multiple != 0 || width % multiple != 0, controlled, features);
    }

    /// <summary>The UNet for latents of a size: the one at hand, or a form of it that takes more, compiled when first needed and kept in its place.</summary>
    /// <param name="height">Rows of the latents.</param>
    /// <param name="width">Columns of the latents.</param>
    /// <param name="controlled">Whether ControlNets steer it.</param>
    /// <param name="loras">Adapters to merge in; null for none. The UNet itself is never changed.</param>
    /// <param name="cancellationToken">Stops the compilation.</param>
    /// <param name="features">Whether its deep features are to be used again.</param>
    /// <returns>A hold on the network, to be disposed when the request is done. Once a form takes residuals, it takes them from every request.</returns>
    public async ValueTask<HeldNetwork.Lease> UNetForAsync(
        int height, int width, bool controlled, LoraSet? loras, CancellationToken cancellationToken, bool features = false)
    {
        var needed = FormFor(height, width, controlled, features);
        var edits = loras?.EditsOf("unet") is { Count: > 0 } changes ? changes : null;
        if (edits is null && unet is { } ready && ready.Form.Serves(needed) && ready.TryHold() is { } lease) return lease;
        await compiling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!unet.Form.Serves(needed))
            {
                var old = unet;
                unet = await compiler.UNetAsync(old.Form.With(needed), null, old.Session, cancellationToken).ConfigureAwait(false);
                old.Retire();

                // They keep the old form's weights in memory.
                adaptedUNets.Clear();
            }

            // Only who compiles retires, and that is us.
            if (edits is null) return unet.TryHold()!;
            return adaptedUNets.TryHold(loras!.Key, f => f.Serves(needed)) ?? adaptedUNets.Add(loras.Key, await AdaptAsync(edits, cancellationToken).ConfigureAwait(false));
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
        return TensorPrimitives.Sum<float>(predicted) / predicted.Length - value < velocity ? PredictionType.VPrediction : PredictionType.Epsilon;

        static TensorData Filled(params long[] shape)
        {
            var tensor = TensorData.Zeros(DType.Float32, shape);
            tensor.Floats.Fill(value);
            return tensor;
        }
    }

    /// <summary>A text encoder with adapters merged in.</summary>
    /// <param name="encoder">Which one.</param>
    /// <param name="loras">The adapters; null for none.</param>
    /// <param name="cancellationToken">Stops loading and merging.</param>
    /// <returns>The network, and the hold on it, to be disposed when the prompts are encoded.</returns>
    public async ValueTask<(INetwork Network, IDisposable Hold)> HoldTextEncoderAsync(int encoder, LoraSet? loras, CancellationToken cancellationToken)
    {
        if (!Changes(encoder, loras))
        {
            var own = await textEncoders[encoder].HoldAsync(cancellationToken).ConfigureAwait(false);
            return (own.Session, own);
        }

        var (description, edits) = (files.TextEncoders[encoder], loras!.EditsOf(files.TextEncoders[encoder].Component));
        var key = $"{description.Component}|{loras.Key}";
        await compiling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var held = adaptedTextEncoders.TryHold(key, _ => true) ?? adaptedTextEncoders.Add(key, new(await MergeAsync().ConfigureAwait(false)));
            return (held.Session, held);
        }
        finally
        {
            compiling.Release();
        }

        async Task<NetworkSession> MergeAsync()
        {
            using var plain = await textEncoders[encoder].HoldAsync(cancellationToken).ConfigureAwait(false);
            return edits.Keys.All(plain.Session.CanChange)
                ? await plain.Session.WithWeightsAsync(edits, cancellationToken).ConfigureAwait(false)
                : await compiler.TextEncoderAsync(description, edits, plain.Session, cancellationToken).ConfigureAwait(false);
        }
    }

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
        using var encoder = await vaeEncoder.HoldAsync(cancellationToken).ConfigureAwait(false);
        var results = encoder.Session.Run(new Dictionary<string, TensorData> { ["image"] = image }, cancellationToken: cancellationToken);
        return (results["mean"], results["logvar"]);
    }

    /// <summary>The tiny autoencoder's decoder: latent, as the UNet has it, to image [batch, 3, height * factor, width * factor], -1 to 1. Null where there is none.</summary>
    public async ValueTask<NetworkSession?> TinyDecoderAsync(CancellationToken cancellationToken)
    {
        if (tinyDecoder is null) return null;

        // It is kept, so that no one need hold it.
        using var held = await tinyDecoder.HoldAsync(cancellationToken).ConfigureAwait(false);
        return held.Session;
    }

    /// <summary>Holds the decoder, so that it is not loaded again for each of several pictures or tiles.</summary>
    public async ValueTask<IDisposable> HoldVaeDecoderAsync(CancellationToken cancellationToken) => await vaeDecoder.HoldAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Decodes latents without the scaling factor: [batch, channels, height, width] to [batch, 3, height * factor, width * factor], and what is to be said of it.</summary>
    public ValueTask<(TensorData Image, string? Note)> DecodeAsync(TensorData latents, CancellationToken cancellationToken) => decoder.DecodeAsync(latents, cancellationToken);

    /// <summary>Frees the networks once the runs under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        adaptedUNets.Clear();
        adaptedTextEncoders.Clear();
        await unet.DisposeAsync().ConfigureAwait(false);
        foreach (var network in (OnDemandNetwork?[])[.. textEncoders, vaeDecoder, fullVaeDecoder, vaeEncoder, tinyDecoder])
            if (network is not null) await network.DisposeAsync().ConfigureAwait(false);
    }

    static async Task<DiffusionNetworks> LoadAsync(
        ModelFiles files, DiffusionModelOptions options, MemoryMode mode, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var compiler = new NetworkCompiler(files, options, mode);
        var (part, parts) = (0, files.TextEncoders.Count + 2);

        // The largest first: while it loads, its stored and its widened weights are both in memory.
        progress?.Report(new("unet", part++, parts));
        var networks = new DiffusionNetworks(files, options, compiler, await compiler.UNetAsync(default, null, null, cancellationToken).ConfigureAwait(false));
        try
        {
            if (mode != MemoryMode.Full) compiler.Verify();
            foreach (var (name, network) in networks.textEncoders.Select((n, i) => (files.TextEncoders[i].Component, n)).Prepend(("vae", networks.vaeDecoder)))
            {
                progress?.Report(new(name, part++, parts));
                if (mode == MemoryMode.Full) (await network.HoldAsync(cancellationToken).ConfigureAwait(false)).Dispose();
            }

            progress?.Report(new("done", parts, parts));
            return networks;
        }
        catch
        {
            await networks.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The UNet with adapters merged in: over the weights of the one at hand, where these are lent to it.</summary>
    async Task<HeldNetwork> AdaptAsync(IReadOnlyDictionary<string, IWeightEdit> edits, CancellationToken cancellationToken)
    {
        if (unet.Session is not NetworkSession whole || !edits.Keys.All(whole.CanChange)) return await compiler.UNetAsync(unet.Form, edits, unet.Session, cancellationToken).ConfigureAwait(false);
        var surface = await compiler.SurfaceAsync(unet.Form, edits, unet.Session, cancellationToken).ConfigureAwait(false);
        try
        {
            return new(await whole.WithWeightsAsync(edits, cancellationToken).ConfigureAwait(false), unet.Form, surface);
        }
        catch
        {
            surface?.Dispose();
            throw;
        }
    }

    static async ValueTask<TensorData> DecodeAsync(OnDemandNetwork network, TensorData latents, CancellationToken cancellationToken)
    {
        using var held = await network.HoldAsync(cancellationToken).ConfigureAwait(false);
        return held.Session.Run(new Dictionary<string, TensorData> { ["latent"] = latents }, cancellationToken: cancellationToken)["image"];
    }
}
