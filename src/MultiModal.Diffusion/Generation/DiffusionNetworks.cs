using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
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
    readonly DiffusersFolder folder;
    readonly DiffusionModelOptions options;
    readonly NetworkSession[] textEncoders;
    readonly NetworkSession vaeDecoder;
    readonly SemaphoreSlim compiling = new(1, 1);
    NetworkSession unet;
    bool unetTakesAnySize;

    DiffusionNetworks(DiffusersFolder folder, DiffusionModelOptions options, NetworkSession[] textEncoders, NetworkSession unet, NetworkSession vaeDecoder)
    {
        this.folder = folder;
        this.options = options;
        this.textEncoders = textEncoders;
        this.unet = unet;
        this.vaeDecoder = vaeDecoder;
    }

    /// <summary>Whether the UNet runs on the processor.</summary>
    public bool OnCpu => unet.Device.Device == Device.Cpu;

    /// <summary>What each network runs on, and what was tried.</summary>
    public string Describe() => unet.Describe();

    public static async Task<DiffusionNetworks> LoadAsync(
        DiffusersFolder folder, DiffusionModelOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var made = new List<NetworkSession>();
        var (part, parts) = (0, folder.TextEncoders.Count + 2);
        try
        {
            // The largest first: while it loads, its stored and its widened weights are both in memory.
            await AddAsync("unet", () => DiffusionGraphs.UNet(folder.UNet)).ConfigureAwait(false);
            await AddAsync("vae", () => DiffusionGraphs.VaeDecoder(folder.Vae)).ConfigureAwait(false);
            foreach (var (name, config) in folder.TextEncoders.Select((e, i) => (i == 0 ? "text_encoder" : $"text_encoder_{i + 1}", e.Config)))
                await AddAsync(name, () => DiffusionGraphs.TextEncoder(config)).ConfigureAwait(false);
            return new(folder, options, [.. made.Skip(2)], made[0], made[1]);
        }
        catch
        {
            foreach (var session in made) session.Dispose();
            throw;
        }

        async Task AddAsync(string component, Func<Graph> graph)
        {
            progress?.Report(new(component, part++, parts));
            made.Add(await CompileAsync(folder, component, graph, options, cancellationToken).ConfigureAwait(false));
            if (part == parts) progress?.Report(new("done", parts, parts));
        }
    }

    /// <summary>Runs a text encoder on one prompt: token ids to [1, tokens, features] and [1, features].</summary>
    public (TensorData Last, TensorData Penultimate, TensorData Pooled) EncodeText(int encoder, IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        var results = textEncoders[encoder].Run(
            new Dictionary<string, TensorData> { ["input_ids"] = TensorData.Of([.. ids.Select(id => (long)id)], 1, ids.Count) }, cancellationToken: cancellationToken);
        return (results["last_hidden_state"], results["penultimate_hidden_state"], results["pooled"]);
    }

    /// <summary>The UNet for latents of a size: the one at hand, or another form of it, compiled when first needed.</summary>
    public async ValueTask<NetworkSession> UNetForAsync(int height, int width, CancellationToken cancellationToken)
    {
        var multiple = 1 << (folder.UNet.BlockOutChannels.Count - 1);
        if (unetTakesAnySize || (height % multiple == 0 && width % multiple == 0)) return unet;
        await compiling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (unetTakesAnySize) return unet;
            var general = await CompileAsync(folder, "unet", () => DiffusionGraphs.UNet(folder.UNet, anySize: true), options, cancellationToken).ConfigureAwait(false);

            // Runs under way keep the old session alive until they end.
            var old = Interlocked.Exchange(ref unet, general);
            Volatile.Write(ref unetTakesAnySize, true);
            old.Dispose();
            return general;
        }
        finally
        {
            compiling.Release();
        }
    }

    /// <summary>Decodes latents without the scaling factor: [batch, channels, height, width] to [batch, 3, height * factor, width * factor].</summary>
    public TensorData Decode(TensorData latents, CancellationToken cancellationToken) =>
        vaeDecoder.Run(new Dictionary<string, TensorData> { ["latent"] = latents }, cancellationToken: cancellationToken)["image"];

    /// <summary>Frees the networks once the runs under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var session in (NetworkSession[])[.. textEncoders, unet, vaeDecoder]) await session.DisposeAsync().ConfigureAwait(false);
    }

    static async Task<NetworkSession> CompileAsync(
        DiffusersFolder folder, string component, Func<Graph> build, DiffusionModelOptions options, CancellationToken cancellationToken)
    {
        var graph = Build(folder, component, build);
        using var weights = folder.OpenWeights(component);
        using var renamed = LegacyNames.For(component, weights);
        WeightMatching.Check(renamed, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), LegacyNames.Ignored(component));
        var model = OnnxWriter.Write(graph.Optimise(options.Passes), renamed);
        return await NetworkSession.CreateAsync(model, options.Runtime, $"{folder.Name}/{component}", null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Builds a graph; where the file's dimensions contradict each other, the file is to blame.</summary>
    internal static Graph Build(DiffusersFolder folder, string component, Func<Graph> build)
    {
        try
        {
            return build();
        }
        catch (Exception e) when (e is GraphException or OverflowException)
        {
            throw new InvalidFileException(
                folder.ConfigPath(component), "its dimensions contradict each other.", remedy: "Take the file from where the model came from.", innerException: e);
        }
    }
}
