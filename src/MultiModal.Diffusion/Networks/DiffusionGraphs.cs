using MultiModal.Diffusion.Text;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Diffusion.Networks;

/// <summary>The networks of a model as graphs with named inputs and outputs: what a session runs, or what is saved for another engine.</summary>
public static class DiffusionGraphs
{
    /// <summary>A text encoder: input_ids [batch, tokens] to last_hidden_state, penultimate_hidden_state [batch, tokens, features] and pooled [batch, features].</summary>
    /// <param name="config">Its dimensions.</param>
    /// <param name="anyLayer">
    /// Whether there is an input layer [1], the number of a hidden state from 0 (the embeddings) to the number of layers, and outputs
    /// state and normalised_state: that hidden state, and what the final layer normalisation makes of it ("clip skip").
    /// </param>
    /// <param name="vectors">
    /// Whether there are inputs vectors [batch, tokens, features] and is_vector [batch, tokens] (truth values): what stands in the place of tokens'
    /// embeddings, and where (textual inversion).
    /// </param>
    public static Graph TextEncoder(ClipTextConfig config, bool anyLayer = false, bool vectors = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var model = new ClipTextModel(graph.Root, config);
        var ids = graph.Input("input_ids", DType.Int64, "batch", config.MaximumTokens);
        var output = !vectors ? model.Forward(ids) : model.Forward(
            ids, graph.Input("vectors", DType.Float32, "batch", config.MaximumTokens, config.HiddenSize), graph.Input("is_vector", DType.Bool, "batch", config.MaximumTokens));
        graph.Output("last_hidden_state", output.LastHiddenState);
        graph.Output("penultimate_hidden_state", output.HiddenStates[^2]);
        graph.Output("pooled", output.Pooled);
        if (!anyLayer) return graph;
        var all = Ops.Concat(0, [.. output.HiddenStates.Select(s => Ops.Unsqueeze(s, 0))]);
        var state = Ops.Squeeze(Ops.Gather(all, graph.Input("layer", DType.Int64, 1)), 0);
        graph.Output("state", state);
        graph.Output("normalised_state", model.Normalise(state));
        return graph;
    }

    /// <summary>
    /// A UNet: sample [batch, channels, height, width], timestep [batch], encoder_hidden_states [batch, tokens, features] (and text_embeds,
    /// time_ids for SDXL) to output [batch, channels, height, width].
    /// </summary>
    /// <param name="config">Its dimensions.</param>
    /// <param name="anySize">
    /// Whether latents may be of any size. Otherwise height and width are multiples of 2 to the power of the UNet's halvings, which lets
    /// more of the network be laid out beforehand.
    /// </param>
    /// <param name="controlled">Whether ControlNet's residuals are inputs as well: down_0, down_1, ..., mid, shaped like the states they are added to.</param>
    /// <param name="features">Whether what reaches the outermost layers is an output as well, features, for <see cref="UNetSurface"/>.</param>
    public static Graph UNet(UNetConfig config, bool anySize = false, bool controlled = false, bool features = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var unet = new UNet2DCondition(graph.Root, config);
        var (sample, timestep, context, pooled, sizes) = Inputs(graph, config, unet.Halvings, anySize);
        graph.Output("output", unet.Forward(
            sample, timestep, context, pooled, sizes, null, (kept, middle) => controlled ? Residuals(graph, kept, middle) : null,
            features ? deep => graph.Output("features", deep) : null));
        return graph;
    }

    /// <summary>
    /// A UNet's outermost layers: its inputs and features, as <see cref="UNet"/> gives them at another timestep, to output. Between full runs it
    /// answers in a fraction of their time (Ma et al. 2024, DeepCache).
    /// </summary>
    /// <param name="config">The UNet's dimensions.</param>
    /// <param name="anySize">Whether latents may be of any size.</param>
    public static Graph UNetSurface(UNetConfig config, bool anySize = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var unet = new UNet2DCondition(graph.Root, config);
        var (sample, timestep, context, pooled, sizes) = Inputs(graph, config, unet.Halvings, anySize);
        var features = graph.Input("features", DType.Float32, "batch", unet.FeatureChannels, sample.Shape[2], sample.Shape[3]);
        graph.Output("output", unet.Surface(sample, timestep, context, pooled, sizes, features));
        return graph;
    }

    /// <summary>
    /// A ControlNet: the UNet's inputs and condition [batch, 3, factor * height, factor * width], 0 to 1, to the residuals down_0, down_1, ...
    /// and mid, not scaled.
    /// </summary>
    /// <param name="config">Its dimensions.</param>
    public static Graph ControlNet(ControlNetConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var network = new ControlNet(graph.Root, config);
        var (sample, timestep, context, pooled, sizes) = Inputs(graph, config.UNet, config.UNet.BlockOutChannels.Count - 1, anySize: true);
        var condition = graph.Input(
            "condition", DType.Float32, "batch", config.ConditionChannels, sample.Shape[2] * config.ConditionFactor, sample.Shape[3] * config.ConditionFactor);
        var residuals = network.Forward(sample, timestep, context, condition, pooled, sizes);
        for (var i = 0; i < residuals.Down.Count; i++) graph.Output($"down_{i}", residuals.Down[i]);
        graph.Output("mid", residuals.Middle);
        return graph;
    }

    /// <summary>The tiny autoencoder's decoder: latent [batch, channels, height, width], scaled as the UNet has it, to image [batch, 3, factor * height, factor * width], -1 to 1.</summary>
    /// <param name="config">Its dimensions.</param>
    public static Graph TinyDecoder(TinyAutoencoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        graph.Output("image", TinyAutoencoder.Decode(graph.Root, config, graph.Input("latent", DType.Float32, "batch", config.LatentChannels, "height", "width")));
        return graph;
    }

    /// <summary>The tiny autoencoder's encoder: image [batch, 3, height, width], -1 to 1, to latent, scaled as the UNet has it.</summary>
    /// <param name="config">Its dimensions.</param>
    public static Graph TinyEncoder(TinyAutoencoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var image = graph.Input("image", DType.Float32, "batch", 3, Dim.Symbol("height") * config.Factor, Dim.Symbol("width") * config.Factor);
        graph.Output("latent", TinyAutoencoder.Encode(graph.Root, config, image));
        return graph;
    }

    /// <summary>The autoencoder's decoder: latent [batch, channels, height, width] to image [batch, 3, factor * height, factor * width], -1 to 1.</summary>
    /// <param name="config">Its dimensions.</param>
    public static Graph VaeDecoder(VaeConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var latent = graph.Input("latent", DType.Float32, "batch", config.LatentChannels, "height", "width");
        graph.Output("image", AutoencoderKL.Decode(graph.Root, config, latent));
        return graph;
    }

    /// <summary>The autoencoder's encoder: image [batch, 3, height, width], -1 to 1, to mean and logvar of the latent, not scaled.</summary>
    /// <param name="config">Its dimensions.</param>
    public static Graph VaeEncoder(VaeConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var image = graph.Input(
            "image", DType.Float32, "batch", config.InChannels, Dim.Symbol("height") * config.Factor, Dim.Symbol("width") * config.Factor);
        var (mean, logVariance) = AutoencoderKL.Encode(graph.Root, config, image);
        graph.Output("mean", mean);
        graph.Output("logvar", logVariance);
        return graph;
    }

    static (Tensor Sample, Tensor Timestep, Tensor Context, Tensor? Pooled, Tensor? Sizes) Inputs(Graph graph, UNetConfig config, int halvings, bool anySize)
    {
        var multiple = 1L << halvings;
        var height = anySize ? "height" : Dim.Symbol($"height/{multiple}") * multiple;
        var width = anySize ? "width" : Dim.Symbol($"width/{multiple}") * multiple;
        var sample = graph.Input("sample", DType.Float32, "batch", config.InChannels, height, width);
        var timestep = graph.Input("timestep", DType.Float32, "batch");
        var context = graph.Input("encoder_hidden_states", DType.Float32, "batch", "tokens", config.CrossAttentionSize);
        if (config.AdditionTimeSize is not { } features) return (sample, timestep, context, null, null);
        var numbers = config.SizeNumbers!.Value;
        var pooled = graph.Input("text_embeds", DType.Float32, "batch", config.AdditionInputs - (numbers * features));
        return (sample, timestep, context, pooled, graph.Input("time_ids", DType.Float32, "batch", numbers));
    }

    static ControlResiduals Residuals(Graph graph, IReadOnlyList<Tensor> kept, Tensor middle) => new(
        [.. kept.Select((state, i) => graph.Input($"down_{i}", DType.Float32, [.. state.Shape]))],
        graph.Input("mid", DType.Float32, [.. middle.Shape]));
}
