using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Generation;

/// <summary>Makes networks of a model's files, in the memory mode the model is loaded in.</summary>
sealed class NetworkCompiler(ModelFiles files, DiffusionModelOptions options, MemoryMode mode)
{
    /// <summary>What a file of an autoencoder holds beyond its encoder.</summary>
    static readonly IReadOnlyList<string> decoderOnly = ["decoder.{p*}", "post_quant_conv.{p*}"];

    public MemoryMode Mode => mode;

    /// <summary>A UNet, and its surface where the form asks for it.</summary>
    /// <param name="form">What it takes.</param>
    /// <param name="edits">Changes of its weights; null for none.</param>
    /// <param name="lender">A UNet of the model without changes, whose weights it shares where they are lent; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<HeldNetwork> UNetAsync(UNetForm form, IReadOnlyDictionary<string, IWeightEdit>? edits, INetwork? lender, CancellationToken cancellationToken)
    {
        Graph Build() => DiffusionGraphs.UNet(files.UNet, form.TakesAnySize, form.TakesResiduals, form.GivesFeatures);
        INetwork whole = mode == MemoryMode.Low
            ? await StreamAsync("unet", Build, edits, cancellationToken).ConfigureAwait(false)
            : await SessionAsync("unet", Build, edits, options.Runtime, cancellationToken, lender: lender).ConfigureAwait(false);
        try
        {
            return new(whole, form, await SurfaceAsync(form, edits, edits is null ? whole : lender, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            whole.Dispose();
            throw;
        }
    }

    /// <summary>A UNet's outermost layers; null where the form does not ask for them. What lends weights to them has to be without changes.</summary>
    public async Task<INetwork?> SurfaceAsync(UNetForm form, IReadOnlyDictionary<string, IWeightEdit>? edits, INetwork? lender, CancellationToken cancellationToken) => !form.GivesFeatures ? null
        : await SessionAsync("unet", () => DiffusionGraphs.UNetSurface(files.UNet, form.TakesAnySize), edits, options.Runtime, cancellationToken, lender: lender).ConfigureAwait(false);

    public Task<NetworkSession> TextEncoderAsync(TextEncoderFiles encoder, IReadOnlyDictionary<string, IWeightEdit>? edits, INetwork? lender, CancellationToken cancellationToken) =>
        SessionAsync(encoder.Component, () => TextEncoder(encoder), edits, Passing, cancellationToken, lender: lender);

    public Task<NetworkSession> VaeDecoderAsync(CancellationToken cancellationToken) => SessionAsync("vae", VaeDecoder, null, Passing, cancellationToken);

    /// <summary>The decoder in full precision: on the processor.</summary>
    public Task<NetworkSession> FullVaeDecoderAsync(CancellationToken cancellationToken)
    {
        var runtime = Passing.Clone();
        runtime.Device = Device.Cpu;
        return SessionAsync("vae", VaeDecoder, null, runtime, cancellationToken);
    }

    public Task<NetworkSession> VaeEncoderAsync(CancellationToken cancellationToken) =>
        SessionAsync("vae", () => DiffusionGraphs.VaeEncoder(files.Vae), null, Passing, cancellationToken, decoderOnly);

    /// <summary>Makes sure that what is loaded later will fit.</summary>
    /// <exception cref="WeightMismatchException">It will not.</exception>
    public void Verify()
    {
        foreach (var (component, build) in (IEnumerable<(string, Func<Graph>)>)[("vae", VaeDecoder), .. files.TextEncoders.Select(e => (e.Component, (Func<Graph>)(() => TextEncoder(e))))])
            Open(component, Build(files, component, build), null).Dispose();
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

    /// <summary>How networks run that come and go: what their runs take is given back.</summary>
    RuntimeOptions Passing
    {
        get
        {
            if (mode == MemoryMode.Full) return options.Runtime;
            var runtime = options.Runtime.Clone();
            runtime.KeepActivationMemory = false;
            return runtime;
        }
    }

    Graph VaeDecoder() => DiffusionGraphs.VaeDecoder(files.Vae);

    static Graph TextEncoder(TextEncoderFiles encoder) => DiffusionGraphs.TextEncoder(encoder.Config, anyLayer: true, vectors: true);

    async Task<NetworkSession> SessionAsync(
        string component, Func<Graph> build, IReadOnlyDictionary<string, IWeightEdit>? edits, RuntimeOptions runtime, CancellationToken cancellationToken, IReadOnlyList<string>? ignored = null,
        INetwork? lender = null)
    {
        var graph = Build(files, component, build);
        using var weights = Open(component, graph, edits, ignored);
        var (model, name) = (OnnxWriter.Write(graph.Optimise(options.Passes), weights), $"{files.Name}/{component}");
        return lender is NetworkSession beside
            ? await beside.CreateBesideAsync(model, runtime, name, cancellationToken).ConfigureAwait(false)
            : await NetworkSession.CreateAsync(model, runtime, name, null, cancellationToken).ConfigureAwait(false);
    }

    async Task<StreamedNetwork> StreamAsync(string component, Func<Graph> build, IReadOnlyDictionary<string, IWeightEdit>? edits, CancellationToken cancellationToken)
    {
        var graph = Build(files, component, build);
        return await StreamedNetwork.CreateAsync(
            graph.Optimise(options.Passes), Open(component, graph, edits), MemoryChoice.StreamedBytes, options.Runtime, $"{files.Name}/{component}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A component's weights, compared with what a graph wants.</summary>
    IWeightSource Open(string component, Graph graph, IReadOnlyDictionary<string, IWeightEdit>? edits, IReadOnlyList<string>? ignored = null)
    {
        var weights = files.OpenWeights(component);
        try
        {
            WeightMatching.Check(weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), ignored ?? LegacyNames.Ignored(component));
            return edits is null ? weights : new EditedWeights(weights, edits);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }
}
