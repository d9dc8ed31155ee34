using MultiModal.Diffusion.Text;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Diffusion.Networks;

/// <summary>The networks of a model as graphs with named inputs and outputs: what a session runs, or what is saved for another engine.</summary>
public static class DiffusionGraphs
{
    /// <summary>A text encoder: input_ids [batch, tokens] to last_hidden_state, penultimate_hidden_state [batch, tokens, features] and pooled [batch, features].</summary>
    /// <param name="config">Its dimensions.</param>
    public static Graph TextEncoder(ClipTextConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var output = new ClipTextModel(graph.Root, config).Forward(graph.Input("input_ids", DType.Int64, "batch", config.MaximumTokens));
        graph.Output("last_hidden_state", output.LastHiddenState);
        graph.Output("penultimate_hidden_state", output.HiddenStates[^2]);
        graph.Output("pooled", output.Pooled);
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
    public static Graph UNet(UNetConfig config, bool anySize = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        var graph = new Graph();
        var unet = new UNet2DCondition(graph.Root, config);
        var multiple = 1L << unet.Halvings;
        var height = anySize ? "height" : Dim.Symbol($"height/{multiple}") * multiple;
        var width = anySize ? "width" : Dim.Symbol($"width/{multiple}") * multiple;
        var sample = graph.Input("sample", DType.Float32, "batch", config.InChannels, height, width);
        var timestep = graph.Input("timestep", DType.Float32, "batch");
        var context = graph.Input("encoder_hidden_states", DType.Float32, "batch", "tokens", config.CrossAttentionSize);
        Tensor? pooled = null, sizes = null;
        if (config.AdditionTimeSize is { } features)
        {
            var numbers = SizeNumbers(config, features);
            pooled = graph.Input("text_embeds", DType.Float32, "batch", config.AdditionInputs - (numbers * features));
            sizes = graph.Input("time_ids", DType.Float32, "batch", numbers);
        }

        graph.Output("output", unet.Forward(sample, timestep, context, pooled, sizes));
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

    /// <summary>The refiner is told height, width, crop and a score; all else has six numbers.</summary>
    static int SizeNumbers(UNetConfig config, int features) => config.AdditionInputs - (5 * features) == config.CrossAttentionSize ? 5 : 6;
}
