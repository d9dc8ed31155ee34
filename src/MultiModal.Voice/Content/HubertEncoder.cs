using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Content;

/// <summary>
/// Content units from a network of the HuBERT family: ContentVec and HuBERT base (fairseq's .pt or Hugging Face's files), hubert-soft,
/// chinese-hubert-large, WavLM.
/// </summary>
public sealed class HubertEncoder : IContentEncoder
{
    // What hubert-soft adds on both sides, so that a unit is centred on its 20 ms.
    const int SoftPadding = 40;

    readonly NetworkSession session;
    readonly int shortest, padding;

    HubertEncoder(string name, NetworkSession session, int channels, int shortest, int padding)
    {
        Name = name;
        Channels = channels;
        this.session = session;
        this.shortest = shortest;
        this.padding = padding;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <summary>Loads a network.</summary>
    /// <param name="path">The weights: .pt, .bin or .safetensors. A config.json beside them is heeded.</param>
    /// <param name="layer">After which layer the units are taken, from 1; null for the last, through the normalisation that follows it.</param>
    /// <param name="project">Whether units go through the final projection.</param>
    /// <param name="name">What So-VITS-SVC calls the encoder; null for the file's name.</param>
    /// <param name="options">Devices and threads.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="InvalidFileException">The file is damaged, or no network of the family, or has no such layer or projection.</exception>
    /// <exception cref="WeightMismatchException">Tensors are missing or of other shapes.</exception>
    public static async Task<HubertEncoder> LoadAsync(
        string path, int? layer, bool project, string? name = null, RuntimeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "config.json");
        var (weights, pickled, soft) = await Task.Run(() => HubertWeights.Open(path), cancellationToken).ConfigureAwait(false);
        using (weights)
        {
            var settings = File.Exists(beside) ? await BesideAsync(beside, pickled, cancellationToken).ConfigureAwait(false) : pickled;
            var config = HubertConfig.Read(weights, settings);
            var graph = Build(config, layer, project || soft, settings.Normalise, path);
            WeightMatching.Check(weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())), "{all*}");
            var label = name ?? Path.GetFileNameWithoutExtension(path);
            var session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), weights), options, label, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new(label, session, project || soft ? config.Projection!.Value : config.Hidden, config.Reach, soft ? SoftPadding : 0);
        }
    }

    /// <inheritdoc/>
    public async Task<ContentUnits> EncodeAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken = default)
    {
        var wave = new float[Math.Max(samples.Length + (2 * padding), shortest)];
        samples.Span.CopyTo(wave.AsSpan(padding));
        var result = await session.RunAsync(
            new Dictionary<string, TensorData> { ["wave"] = TensorData.Of(wave, 1, wave.Length) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        var units = result["units"];
        return new(units.Floats.ToArray(), Channels, (int)units.Dimensions[2]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>Samples that give a number of units.</summary>
    internal int SamplesFor(int units) => ((units - 1) * 320) + shortest - (2 * padding);

    /// <summary>A window of a fixed number of units, bound to the network.</summary>
    internal HubertWindow CreateWindow(int units) => new(session.CreateBinding(), SamplesFor(units), padding, Channels, units);

    /// <summary>Inputs: wave [1, samples]. Output: units [1, channels, frames].</summary>
    static Graph Build(HubertConfig config, int? layer, bool project, bool normalise, string path)
    {
        if (layer is < 1 || layer > config.Layers) throw new InvalidFileException(path, $"layer {layer} is wanted of a network of {config.Layers}.");
        if (project && config.Projection is null)
            throw new InvalidFileException(path, "units through the final projection are wanted, and the file has none ('final_proj').", remedy: "Take fairseq's checkpoint_best_legacy_500.pt.");
        var graph = new Graph();
        var wave = graph.Input("wave", DType.Float32, 1, "samples");
        var network = new HubertNetwork(graph.Root, config, layer ?? config.Layers);
        var states = network.Forward(normalise ? Ops.LayerNorm(wave, null, null) : wave);
        var units = layer is null ? network.Finish(states[^1]) : states[^1];
        if (project) units = new Linear(graph.Root["final_proj"], config.Hidden, config.Projection!.Value).Forward(units);
        graph.Output("units", Ops.SwapAxes(units, 1, 2));
        return graph;
    }

    /// <summary>A config.json in the folder may belong to another model: only one of this family is heeded.</summary>
    static async Task<HubertSettings> BesideAsync(string file, HubertSettings fallback, CancellationToken cancellationToken)
    {
        var config = await ConfigSection.LoadAsync(file, cancellationToken).ConfigureAwait(false);
        return config.Has("conv_kernel") && config.Has("num_attention_heads") ? HubertSettings.From(config) : fallback;
    }
}
