using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;

namespace MultiModal.Diffusion.Training.Objectives;

/// <summary>
/// The training step of a denoiser as a graph: the UNet, the text encoders where they are trained along, and the loss.
/// Parameters are named with their component before them: "unet.conv_in.weight", "text_encoder.text_model...".
/// </summary>
static class DenoisingGraph
{
    public const string Loss = "loss", Sample = "sample", Timestep = "timestep", Target = "target", Weights = "weights", Context = "encoder_hidden_states",
        Pooled = "text_embeds", Sizes = "time_ids";

    /// <summary>Builds the graph of a training step.</summary>
    /// <param name="unet">The UNet's dimensions.</param>
    /// <param name="texts">
    /// The text encoders, where they are trained along: then input_ids_1, input_ids_2 are inputs. Empty where their states are: then
    /// encoder_hidden_states [batch, tokens, features] is (and SDXL's text_embeds).
    /// </param>
    /// <param name="shape">The latents' shape: [batch, channels, height, width]; lengths may be symbols.</param>
    /// <param name="tokens">How many tokens a text has, where its states are inputs.</param>
    /// <returns>The graph, and the sum over pictures of weight times their mean squared error.</returns>
    public static (Graph Graph, Tensor Loss) Build(UNetConfig unet, IReadOnlyList<ClipTextConfig> texts, ReadOnlySpan<Dim> shape, Dim tokens)
    {
        var graph = new Graph();
        var batch = shape[0];
        var sample = graph.Input(Sample, DType.Float32, shape);
        var timestep = graph.Input(Timestep, DType.Float32, batch);
        var target = graph.Input(Target, DType.Float32, batch, unet.OutChannels, shape[2], shape[3]);
        var weight = graph.Input(Weights, DType.Float32, batch);
        var network = new UNet2DCondition(graph.Root["unet"], unet);
        var (context, pooled) = texts.Count > 0 ? Encode(graph, texts, batch)
            : (graph.Input(Context, DType.Float32, batch, tokens, unet.CrossAttentionSize), PooledInput(graph, unet, batch));
        var sizes = unet.AdditionTimeSize is null ? null : graph.Input(Sizes, DType.Float32, batch, 6);
        return (graph, DenoisingObjective.Loss(network.Forward(sample, timestep, context, pooled, sizes), target, weight));
    }

    /// <summary>Text states as inference takes them: SD's last, normalised; SDXL's last but one of both encoders, and the second one's pooled.</summary>
    static (Tensor Context, Tensor? Pooled) Encode(Graph graph, IReadOnlyList<ClipTextConfig> texts, Dim batch)
    {
        var states = new List<Tensor>();
        Tensor? pooled = null;
        for (var i = 0; i < texts.Count; i++)
        {
            var ids = graph.Input($"input_ids_{i + 1}", DType.Int64, batch, texts[i].MaximumTokens);
            var output = new ClipTextModel(graph.Root[i == 0 ? "text_encoder" : $"text_encoder_{i + 1}"], texts[i]).Forward(ids);
            states.Add(texts.Count == 1 ? output.LastHiddenState : output.HiddenStates[^2]);
            if (texts.Count > 1) pooled = output.Pooled;
        }

        return (states.Count == 1 ? states[0] : Ops.Concat(-1, [.. states]), pooled);
    }

    static Tensor? PooledInput(Graph graph, UNetConfig unet, Dim batch) =>
        unet.AdditionTimeSize is { } features ? graph.Input(Pooled, DType.Float32, batch, unet.AdditionInputs - (6 * features)) : null;
}
